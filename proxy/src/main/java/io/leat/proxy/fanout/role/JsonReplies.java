package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.json.JsonScanner;
import io.leat.proxy.fanout.json.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers in JSON that are no events. */
final class JsonReplies {
  private JsonReplies() {}

  /** Whether an answer says that its body is JSON. */
  static boolean isJson(Reply reply) {
    List<String> types = reply.header("content-type");
    return types.size() == 1 && isJson(types.getFirst());
  }

  static boolean isJson(String mediaType) {
    int end = mediaType.indexOf(';');
    String essence = (end < 0 ? mediaType : mediaType.substring(0, end)).strip();
    String lower = essence.toLowerCase(Locale.ROOT);
    return lower.equals("application/json") || lower.endsWith("+json");
  }

  /** The string, or the strings of the array, that the body is; null when it is neither. */
  static @Nullable List<String> strings(byte[] body) {
    if (!Utf8.isValid(body, 0, body.length)) {
      return null;
    }
    JsonScanner scanner = new JsonScanner(body, 1);
    List<String> strings = new ArrayList<>();
    if (scanner.peek() == JsonScanner.Kind.STRING) {
      add(strings, scanner.string());
    } else if (scanner.enterArray()) {
      while (scanner.nextElement()) {
        add(strings, scanner.string());
      }
    }
    return scanner.problem() == null && scanner.finished() ? strings : null;
  }

  private static void add(List<String> strings, @Nullable String string) {
    if (string != null) {
      strings.add(string);
    }
  }
}

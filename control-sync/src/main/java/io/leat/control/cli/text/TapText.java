package io.leat.control.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** One line per finished request: time, status, method, URL, who took it, duration, why not. */
public final class TapText {
  private static final int URL = 44;
  private static final int TARGET = 36;

  private TapText() {}

  /** A request as the tap streams it. */
  public static String line(JsonNode request) {
    String url = clean(request.path("host").asText("-") + request.path("path").asText(""));
    int status = request.path("status").asInt();
    StringBuilder line = new StringBuilder(time(request.path("time").asText()));
    line.append("  ").append(status == 0 ? "---" : Integer.toString(status)).append("  ");
    line.append(padded(clean(request.path("method").asText("-")), 7)).append(' ');
    line.append(padded(url, URL)).append("  ").append(padded(target(request), TARGET));
    line.append(String.format(Locale.ROOT, "  %10.3f ms", request.path("duration_ms").asDouble()));
    String rejection = request.path("rejection").asText("");
    if (!rejection.isEmpty()) {
      line.append("  ").append(clean(rejection));
    }
    return request.path("aborted").asBoolean() ? line + "  aborted" : line.toString();
  }

  private static String time(String time) {
    int begin = time.indexOf('T');
    String clock = begin < 0 ? time : time.substring(begin + 1).replace("Z", "");
    // Java writes no fraction for a whole second.
    return clean(clock.length() == 8 ? clock + ".000" : clock);
  }

  private static String target(JsonNode request) {
    String route = request.path("route").asText("-");
    String revision = request.path("revision").asText("");
    int slash = revision.indexOf('/');
    String namespace = slash < 0 ? "" : revision.substring(0, slash + 1);
    boolean same = !namespace.isEmpty() && route.startsWith(namespace);
    return clean(
        revision.isEmpty()
            ? route
            : route + " > " + (same ? revision.substring(slash + 1) : revision));
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** What a client sent may be anything, and a terminal obeys some of it. */
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f) {
        clean.append(String.format(Locale.ROOT, c > 0xff ? "\\u%04x" : "\\x%02x", (int) c));
      } else {
        clean.append(c);
      }
    }
    return clean.toString();
  }
}

package io.leat.proxy.fanout.event;

import io.leat.proxy.fanout.event.EventReader.ElementDefaults;
import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import io.leat.proxy.fanout.json.JsonScanner;
import io.leat.proxy.fanout.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one body in the JSON event format, 1.0 or 0.3; used once. */
final class StructuredReader {
  private static final int NONE = -1;

  private final EventLimits limits;
  private final byte[] body;
  private final @Nullable ElementDefaults defaults;
  private final JsonScanner scanner;
  private @Nullable Unreadable unreadable;

  StructuredReader(EventLimits limits, byte[] body, @Nullable ElementDefaults defaults) {
    this.limits = limits;
    this.body = body;
    this.defaults = defaults;
    this.scanner = new JsonScanner(body, limits.depth());
  }

  /** The body as one event. */
  EventReading one() {
    if (!Utf8.isValid(body, 0, body.length)) {
      return EventDraft.malformed("$", "", "JSON in UTF-8");
    }
    CloudEvent event = event("$", 0);
    if (event == null || !scanner.finished()) {
      return refusal();
    }
    return new Events(ContentMode.STRUCTURED, List.of(event));
  }

  /** The body as an array of events. */
  EventReading batch() {
    if (!Utf8.isValid(body, 0, body.length)) {
      return EventDraft.malformed("$", "", "JSON in UTF-8");
    }
    List<CloudEvent> events = new ArrayList<>();
    if (!scanner.enterArray()) {
      return refusal();
    }
    while (scanner.nextElement()) {
      if (events.size() == limits.events()) {
        String problem = "$: more events (expected: at most " + limits.events() + ")";
        return new Unreadable(Kind.TOO_LARGE, problem);
      }
      String place = "$[" + events.size() + "]";
      CloudEvent event = event(place, events.size());
      if (event == null) {
        return refusal();
      }
      if (!event.specversion().equals((events.isEmpty() ? event : events.get(0)).specversion())) {
        return EventDraft.malformed(
            place + ".specversion", event.specversion(), "that of the other events");
      }
      events.add(event);
    }
    return scanner.finished() ? new Events(ContentMode.BATCHED, events) : refusal();
  }

  private Unreadable refusal() {
    if (unreadable != null) {
      return unreadable;
    }
    return new Unreadable(Kind.MALFORMED, "$: " + scanner.problem());
  }

  private @Nullable CloudEvent event(String place, int index) {
    if (!scanner.enterObject()) {
      return null;
    }
    EventDraft draft = new EventDraft(place + ".", limits);
    DataMember data = new DataMember();
    String name;
    while ((name = scanner.nextName()) != null) {
      boolean taken =
          (name.equals("data") || name.equals("data_base64"))
              ? data.take(draft, name)
              : attribute(draft, name);
      if (!taken) {
        break;
      }
    }
    if (scanner.problem() != null) {
      return null;
    }
    if (defaults != null) {
      defaults.fill(draft, index);
    }
    byte[] bytes = draft.complete() ? data.bytes(draft) : null;
    unreadable = draft.unreadable();
    return unreadable == null ? draft.event(bytes) : null;
  }

  private boolean attribute(EventDraft draft, String name) {
    JsonScanner.Kind kind = scanner.peek();
    if (kind == null) {
      return false;
    }
    return switch (kind) {
      case STRING -> {
        String value = scanner.string();
        yield value != null && draft.put(name, value, false);
      }
      // An attribute that is null is one that is not there (JSON format 2.2).
      case NULL -> scanner.skip() && draft.putUnset(name);
      case BOOLEAN, NUMBER -> scanner.skip() && literal(draft, name, kind);
      case OBJECT, ARRAY ->
          draft.refuse(place(draft, name), "", "a string, an integer or a boolean");
    };
  }

  private boolean literal(EventDraft draft, String name, JsonScanner.Kind kind) {
    String text = text(scanner.valueStart(), scanner.valueEnd());
    if (kind == JsonScanner.Kind.BOOLEAN) {
      return draft.put(name, text, true);
    }
    Integer number = AttributeRules.integer(text);
    return number == null
        ? draft.refuse(place(draft, name), EventDraft.quoted(text), "an integer of 32 bits")
        : draft.put(name, number.toString(), true);
  }

  private static String place(EventDraft draft, String name) {
    return draft.place(EventDraft.excerpt(name));
  }

  private String text(int from, int to) {
    return new String(body, from, to - from, StandardCharsets.UTF_8);
  }

  /** Where the data of one event lies; what it means is known after the last member. */
  private final class DataMember {
    private int start = NONE;
    private int end;
    private boolean string;
    private String name = "";

    boolean take(EventDraft draft, String member) {
      if (start != NONE) {
        return draft.refuse(draft.place(member), "twice", "data or data_base64, once");
      }
      string = scanner.peek() == JsonScanner.Kind.STRING;
      name = member;
      if (!scanner.skip()) {
        return false;
      }
      start = scanner.valueStart();
      end = scanner.valueEnd();
      return true;
    }

    /** The data; null when there is none, or with a problem. */
    byte @Nullable [] bytes(EventDraft draft) {
      boolean v1 = "1.0".equals(draft.attribute("specversion"));
      boolean encoded = name.equals("data_base64");
      if (encoded && !v1) {
        draft.refuse(draft.place(name), "", "data and datacontentencoding in 0.3");
        return null;
      }
      if (!v1 && draft.attribute("datacontentencoding") != null && start != NONE) {
        encoded = true;
        draft.remove("datacontentencoding");
      }
      if (start == NONE) {
        return null;
      }
      if (encoded) {
        return base64(draft);
      }
      String mediaType = draft.attribute("datacontenttype");
      if (mediaType == null) {
        // What the JSON format implies has to be said in other formats (JSON format 3.1).
        draft.imply("datacontenttype", "application/json");
      }
      return string && !ValueForms.isJson(mediaType) ? decoded(draft) : slice();
    }

    private byte[] slice() {
      return Arrays.copyOfRange(body, start, end);
    }

    private byte @Nullable [] decoded(EventDraft draft) {
      String text = content();
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (new String(bytes, StandardCharsets.UTF_8).equals(text)) {
        return bytes;
      }
      draft.refuse(draft.place(name), "", "no halves of surrogate pairs");
      return null;
    }

    private byte @Nullable [] base64(EventDraft draft) {
      String text = string ? content() : "";
      if (!string || !ValueForms.isBase64(text)) {
        draft.refuse(draft.place(name), "", "Base64 in a string");
        return null;
      }
      return Base64.getDecoder().decode(text);
    }

    private String content() {
      String text = new JsonScanner(body, start, end, 1).string();
      return text == null ? "" : text;
    }
  }
}

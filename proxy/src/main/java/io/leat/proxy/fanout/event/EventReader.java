package io.leat.proxy.fanout.event;

import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of an HTTP message, request or response, in whatever content mode it is.
 *
 * <p>All or nothing: one bad event of a batch makes the whole message unreadable. An event keeps
 * its version. Immutable, for any thread.
 */
public final class EventReader {
  private static final String MEDIA_TYPE = "application/cloudevents";

  private final EventLimits limits;

  /** A reader that accepts what the limits allow. */
  public EventReader(EventLimits limits) {
    this.limits = limits;
  }

  /**
   * What events get that lack what their parent can give.
   *
   * @param idPrefix the {@code id} of an event is this, a dot and its index in the message
   * @param source the {@code source} of an event
   */
  public record ElementDefaults(String idPrefix, String source) {
    void fill(EventDraft draft, int index) {
      if (draft.attribute("id") == null) {
        draft.imply("id", idPrefix + "." + index);
      }
      if (draft.attribute("source") == null) {
        draft.imply("source", source);
      }
    }
  }

  /** Reads a message. An empty body is no data in binary mode. */
  public EventReading read(HeaderSource headers, byte[] body) {
    return read(headers, body, null);
  }

  /**
   * Reads a message whose events may lack {@code id} and {@code source} when there are defaults.
   */
  public EventReading read(HeaderSource headers, byte[] body, @Nullable ElementDefaults defaults) {
    MessageHeaders seen = new MessageHeaders(limits.attributes());
    headers.forEach(seen::take);
    String contentType = seen.contentType;
    if (seen.contentTypes > 1) {
      return EventDraft.malformed("content-type", "twice", "once");
    }
    String essence = contentType == null ? "" : ValueForms.essence(contentType);
    if (contentType == null || !essence.startsWith(MEDIA_TYPE)) {
      return binary(seen, body, defaults);
    }
    boolean one = essence.equals(MEDIA_TYPE) || essence.equals(MEDIA_TYPE + "+json");
    boolean batch =
        essence.equals(MEDIA_TYPE + "-batch") || essence.equals(MEDIA_TYPE + "-batch+json");
    if ((!one && !batch) || !ValueForms.isUtf8Charset(contentType)) {
      String problem =
          "content-type: "
              + EventDraft.quoted(contentType)
              + " (expected: a format of events in JSON and UTF-8)";
      return new Unreadable(Kind.UNKNOWN_FORMAT, problem);
    }
    StructuredReader structured = new StructuredReader(limits, body, defaults);
    return one ? structured.one() : structured.batch();
  }

  private EventReading binary(
      MessageHeaders seen, byte[] body, @Nullable ElementDefaults defaults) {
    if (!seen.hasVersion) {
      return new Unreadable(Kind.NO_EVENT, "ce-specversion: missing (expected: 1.0 or 0.3)");
    }
    EventDraft draft = new EventDraft("ce-", limits);
    for (int i = 0; i < seen.attributes.size(); i += 2) {
      if (!take(draft, seen.attributes.get(i), seen.attributes.get(i + 1))) {
        break;
      }
    }
    if (seen.contentType != null) {
      draft.put("datacontenttype", seen.contentType.strip(), false);
    }
    if (defaults != null) {
      defaults.fill(draft, 0);
    }
    if (draft.complete()) {
      checkEncoding(draft, body);
    }
    Unreadable unreadable = draft.unreadable();
    if (unreadable != null) {
      return unreadable;
    }
    byte[] data = body.length == 0 ? null : body;
    return new Events(ContentMode.BINARY, List.of(draft.event(data)));
  }

  private static boolean take(EventDraft draft, String name, String header) {
    if (name.equals("datacontenttype")) {
      return draft.refuse("ce-datacontenttype", "", "content-type instead");
    }
    String value = HeaderText.decode(header);
    return value == null
        ? draft.refuse(
            "ce-" + EventDraft.excerpt(name),
            EventDraft.quoted(header),
            "percent-encoded UTF-8, quotes in pairs")
        : draft.put(name, value, false);
  }

  /** In 0.3 a body that is said to be Base64 has to be. */
  private static void checkEncoding(EventDraft draft, byte[] body) {
    if ("0.3".equals(draft.attribute("specversion"))
        && draft.attribute("datacontentencoding") != null
        && !ValueForms.isBase64(new String(body, StandardCharsets.ISO_8859_1))) {
      draft.refuse("ce-datacontentencoding", "", "a body in Base64");
    }
  }

  /** The few headers that matter. */
  private static final class MessageHeaders {
    private final int most;

    /** Names and values, alternating. */
    private final List<String> attributes = new ArrayList<>(16);

    private @Nullable String contentType;
    private int contentTypes;
    private boolean hasVersion;

    MessageHeaders(int most) {
      this.most = most;
    }

    void take(String name, String value) {
      if (name.equalsIgnoreCase("content-type")) {
        contentType = value;
        contentTypes++;
      } else if (name.regionMatches(true, 0, "ce-", 0, 3)) {
        String attribute = AttributeNames.attribute(name);
        hasVersion |= attribute.equals("specversion");
        // One more than allowed is enough to be refused for it.
        if (attributes.size() <= 2 * most) {
          attributes.add(attribute);
          attributes.add(value);
        }
      }
    }
  }
}

package io.leat.proxy.fanout.event;

import io.leat.proxy.fanout.json.JsonScanner;
import io.leat.proxy.fanout.json.JsonText;
import io.leat.proxy.fanout.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes events as HTTP messages, each in its own version (CloudEvents HTTP binding and JSON
 * format, 1.0 and 0.3).
 */
public final class EventWriter {
  private static final byte[] NO_DATA = {};
  // What is read back lies in an event, which may lie in a batch.
  private static final int DEPTH = EventLimits.DEFAULT.depth() - 2;

  private EventWriter() {}

  /** An event in binary mode: attributes as headers, the data as it is. */
  public static WrittenEvent binary(CloudEvent event) {
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      String name = attribute.getKey();
      if (name.equals("datacontenttype")) {
        headers.put("content-type", attribute.getValue());
      } else {
        headers.put(AttributeNames.header(name), HeaderText.encode(attribute.getValue()));
      }
    }
    byte[] data = event.data();
    return new WrittenEvent(headers, data == null ? NO_DATA : data);
  }

  /**
   * Adds the headers of {@link #binary}, names and values alternating, and returns its body: for
   * who needs no map.
   */
  public static byte[] binary(CloudEvent event, List<String> headers) {
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      String name = attribute.getKey();
      boolean mediaType = name.equals("datacontenttype");
      headers.add(mediaType ? "content-type" : AttributeNames.header(name));
      headers.add(mediaType ? attribute.getValue() : HeaderText.encode(attribute.getValue()));
    }
    byte[] data = event.data();
    return data == null ? NO_DATA : data;
  }

  /** An event in structured mode, in JSON. */
  public static WrittenEvent structured(CloudEvent event) {
    JsonText json = new JsonText(sizeOf(event));
    write(event, json);
    return written("application/cloudevents+json; charset=utf-8", json);
  }

  /**
   * Events in batched mode, in JSON.
   *
   * @param events all of one version
   */
  public static WrittenEvent batch(List<CloudEvent> events) {
    JsonText json = new JsonText(2 + events.stream().mapToInt(EventWriter::sizeOf).sum());
    json.raw("[");
    for (int i = 0; i < events.size(); i++) {
      if (!events.get(i).specversion().equals(events.get(0).specversion())) {
        throw new IllegalArgumentException("events of two versions (expected: one in a batch)");
      }
      write(events.get(i), json.raw(i == 0 ? "" : ","));
    }
    return written("application/cloudevents-batch+json; charset=utf-8", json.raw("]"));
  }

  private static WrittenEvent written(String contentType, JsonText json) {
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", contentType);
    return new WrittenEvent(headers, json.toBytes());
  }

  private static int sizeOf(CloudEvent event) {
    byte[] data = event.data();
    return 512 + (data == null ? 0 : data.length);
  }

  private static void write(CloudEvent event, JsonText json) {
    String separator = "{";
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      json.raw(separator).string(attribute.getKey()).raw(":");
      if (event.literals().contains(attribute.getKey())) {
        json.raw(attribute.getValue());
      } else {
        json.string(attribute.getValue());
      }
      separator = ",";
    }
    byte[] data = event.data();
    if (data != null) {
      writeData(event, data, json.raw(","));
    }
    json.raw("}");
  }

  private static void writeData(CloudEvent event, byte[] data, JsonText json) {
    boolean old = event.specversion().equals("0.3");
    String mediaType = event.attribute("datacontenttype");
    if (old && event.attribute("datacontentencoding") != null) {
      // The data came as Base64 text and is left so: the attribute above says it.
      json.raw("\"data\":").string(new String(data, StandardCharsets.ISO_8859_1));
    } else if (mediaType != null
        && ValueForms.isJson(mediaType)
        && JsonScanner.isText(data, DEPTH)) {
      json.raw("\"data\":").raw(data);
    } else if (mediaType != null
        && ValueForms.isText(mediaType)
        && Utf8.isValid(data, 0, data.length)) {
      json.raw("\"data\":").string(new String(data, StandardCharsets.UTF_8));
    } else {
      json.raw(old ? "\"datacontentencoding\":\"base64\",\"data\":" : "\"data_base64\":");
      json.string(Base64.getEncoder().encodeToString(data));
    }
  }
}

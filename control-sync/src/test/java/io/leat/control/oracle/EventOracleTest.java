package io.leat.control.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventLimits;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventWriter;
import io.leat.proxy.fanout.event.HeaderSource;
import io.leat.proxy.fanout.event.RandomEvents;
import io.leat.proxy.fanout.event.WrittenEvent;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The codec of the data path and the CloudEvents SDK understand each other.
 *
 * <p>Here and not beside the codec, because the SDK brings Jackson, which the proxy must not see.
 */
final class EventOracleTest {
  private static final int EVENTS = 10_000;
  private static final EventReader READER = new EventReader(EventLimits.DEFAULT);
  private static final JsonFormat SDK_JSON = new JsonFormat();
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Test
  void binaryFromUsToTheSdk() throws IOException {
    RandomEvents random = RandomEvents.seeded(EventOracleTest.class);
    for (int i = 0; i < EVENTS; i++) {
      CloudEvent event = random.any();
      assertSame(event, sdk(EventWriter.binary(event)));
    }
  }

  @Test
  void binaryFromTheSdkToUs() throws IOException {
    RandomEvents random = RandomEvents.seeded(EventOracleTest.class);
    for (int i = 0; i < EVENTS; i++) {
      io.cloudevents.CloudEvent event = sdk(random.any());
      Message message = new Message();
      HttpMessageFactory.createWriter(message.headers::put, message::body).writeBinary(event);
      assertSame(ours(message), event);
    }
  }

  @Test
  void structuredFromUsToTheSdk() throws IOException {
    RandomEvents random = RandomEvents.seeded(EventOracleTest.class);
    for (int i = 0; i < EVENTS; i++) {
      CloudEvent event = random.any();
      io.cloudevents.CloudEvent read = sdk(EventWriter.structured(event));
      assertSame(event, read);
      assertLiterals(event, read);
    }
  }

  @Test
  void structuredFromTheSdkToUs() throws IOException {
    RandomEvents random = RandomEvents.seeded(EventOracleTest.class);
    for (int i = 0; i < EVENTS; i++) {
      io.cloudevents.CloudEvent event = sdk(random.any());
      Message message = new Message();
      HttpMessageFactory.createWriter(message.headers::put, message::body)
          .writeStructured(event, SDK_JSON);
      CloudEvent read = ours(message);
      assertSame(read, event);
      assertLiterals(read, event);
    }
  }

  /** The SDK has no batches: its events are put into an array, and taken out of one. */
  @Test
  void batchesInBothDirections() throws IOException {
    RandomEvents random = RandomEvents.seeded(EventOracleTest.class);
    for (int i = 0; i < EVENTS / 10; i++) {
      List<CloudEvent> events = new ArrayList<>();
      while (events.size() < 10) {
        CloudEvent event = random.any();
        if (event.specversion().equals("1.0")) {
          events.add(event);
        }
      }
      JsonNode array = JACKSON.readTree(EventWriter.batch(events).body());
      StringBuilder theirs = new StringBuilder("[");
      for (int e = 0; e < events.size(); e++) {
        io.cloudevents.CloudEvent read =
            SDK_JSON.deserialize(JACKSON.writeValueAsBytes(array.get(e)));
        assertSame(events.get(e), read);
        theirs
            .append(e == 0 ? "" : ",")
            .append(new String(SDK_JSON.serialize(sdk(events.get(e))), StandardCharsets.UTF_8));
      }
      EventReading reading =
          READER.read(
              HeaderSource.of(
                  Map.of("content-type", List.of("application/cloudevents-batch+json"))),
              theirs.append("]").toString().getBytes(StandardCharsets.UTF_8));
      assertThat(reading).isInstanceOf(Events.class);
      List<CloudEvent> back = ((Events) reading).events();
      assertThat(back).hasSameSizeAs(events);
      for (int e = 0; e < events.size(); e++) {
        assertSame(back.get(e), sdk(events.get(e)));
      }
    }
  }

  private static CloudEvent ours(Message message) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    message.headers.forEach(
        (name, value) -> headers.put(name, List.of(name.startsWith("ce-") ? coded(value) : value)));
    EventReading reading = READER.read(HeaderSource.of(headers), message.body);
    assertThat(reading).isInstanceOf(Events.class);
    return ((Events) reading).events().getFirst();
  }

  private static io.cloudevents.CloudEvent sdk(WrittenEvent written) {
    Map<String, String> headers = new TreeMap<>();
    written
        .headers()
        .forEach(
            (name, value) -> headers.put(name, name.startsWith("ce-") ? decoded(value) : value));
    return HttpMessageFactory.createReader(headers, written.body()).toEvent();
  }

  /** What the SDK leaves out (section 3.1.3.2 of the binding), by the JDK instead of by us. */
  private static String coded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decoded(String header) {
    assertThat(header).matches("[!-~&&[^\"]]*");
    return URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static io.cloudevents.CloudEvent sdk(CloudEvent event) {
    CloudEventBuilder builder =
        event.specversion().equals("1.0") ? CloudEventBuilder.v1() : CloudEventBuilder.v03();
    event
        .attributes()
        .forEach((name, value) -> {
          if (event.literals().contains(name)) {
            if (value.equals("true") || value.equals("false")) {
              builder.withExtension(name, Boolean.valueOf(value));
            } else {
              builder.withExtension(name, Integer.valueOf(value));
            }
          } else if (!name.equals("specversion")) {
            builder.withContextAttribute(name, value);
          }
        });
    byte[] data = event.data();
    return (data == null ? builder : builder.withData(data)).build();
  }

  private static void assertSame(CloudEvent ours, io.cloudevents.CloudEvent theirs)
      throws IOException {
    Map<String, String> attributes = new TreeMap<>();
    for (String name : theirs.getAttributeNames()) {
      Object value = theirs.getAttribute(name);
      if (value != null) {
        attributes.put(name, value.toString());
      }
    }
    for (String name : theirs.getExtensionNames()) {
      attributes.put(name, String.valueOf(theirs.getExtension(name)));
    }
    Map<String, String> expected = new TreeMap<>(ours.attributes());
    for (Map<String, String> each : List.of(attributes, expected)) {
      each.computeIfPresent("time", (name, time) -> OffsetDateTime.parse(time).toString());
    }
    assertThat(attributes).isEqualTo(expected);
    CloudEventData data = theirs.getData();
    byte[] own = ours.data();
    if (own == null || data == null) {
      assertThat(data).isNull();
      assertThat(own).isNull();
    } else if (String.valueOf(ours.attribute("datacontenttype")).contains("json")) {
      assertThat(JACKSON.readTree(data.toBytes())).isEqualTo(JACKSON.readTree(own));
    } else {
      assertThat(data.toBytes()).isEqualTo(own);
    }
  }

  private static void assertLiterals(CloudEvent ours, io.cloudevents.CloudEvent theirs) {
    for (String name : theirs.getExtensionNames()) {
      boolean literal = !(theirs.getExtension(name) instanceof String);
      assertThat(ours.literals().contains(name)).as(name).isEqualTo(literal);
    }
  }

  /** What the SDK wrote. */
  private static final class Message {
    private final Map<String, String> headers = new LinkedHashMap<>();
    private byte[] body = {};

    void body(byte[] bytes) {
      body = bytes == null ? new byte[0] : bytes;
    }
  }
}

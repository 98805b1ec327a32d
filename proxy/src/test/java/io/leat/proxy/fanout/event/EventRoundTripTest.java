package io.leat.proxy.fanout.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written is read back as it was; what is damaged is read as something declared. */
final class EventRoundTripTest {
  private static final EventReader READER = new EventReader(EventLimits.DEFAULT);

  private static EventReading read(WrittenEvent written) {
    return read(written, written.body());
  }

  private static EventReading read(WrittenEvent written, byte[] body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    written.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    return READER.read(HeaderSource.of(headers), body);
  }

  @Test
  void everyModeGivesTheEventBack() {
    RandomEvents random = RandomEvents.seeded(EventRoundTripTest.class);
    for (int i = 0; i < 5_000; i++) {
      CloudEvent strings = random.strings();
      WrittenEvent binary = EventWriter.binary(strings);
      assertThat(binary.headers().values()).allMatch(value -> value.matches("[ -~]*"));
      assertThat(read(binary)).isEqualTo(new Events(ContentMode.BINARY, List.of(strings)));
      CloudEvent event = random.any();
      assertThat(read(EventWriter.structured(event)))
          .isEqualTo(new Events(ContentMode.STRUCTURED, List.of(event)));
    }
  }

  @Test
  void batchesComeBackInOrder() {
    RandomEvents random = RandomEvents.seeded(EventRoundTripTest.class);
    for (int i = 0; i < 200; i++) {
      List<CloudEvent> events = new ArrayList<>();
      for (int e = random.chance().nextInt(20); e > 0; e--) {
        CloudEvent event = random.any();
        if (event.specversion().equals("1.0")) {
          events.add(event);
        }
      }
      assertThat(read(EventWriter.batch(events)))
          .isEqualTo(new Events(ContentMode.BATCHED, events));
    }
  }

  @Test
  void damagedBodiesAreEventsOrAProblem() {
    RandomEvents random = RandomEvents.seeded(EventRoundTripTest.class);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      CloudEvent event = random.any();
      WrittenEvent written =
          i % 2 == 0 ? EventWriter.structured(event) : EventWriter.batch(List.of(event, event));
      EventReading reading = read(written, random.mutated(written.body()));
      if (reading instanceof Unreadable unreadable) {
        assertThat(unreadable.problem()).matches("[ -~]{1,300}");
        refused++;
      } else {
        // What is taken can be kept and passed on.
        for (CloudEvent each : ((Events) reading).events()) {
          assertThat(EventBytes.read(EventBytes.write(each))).isEqualTo(each);
          assertThat(EventWriter.binary(each).headers().values())
              .allMatch(value -> value.matches("[ -~]*"));
        }
      }
    }
    assertThat(refused).isBetween(5_000, 19_999);
  }

  @Test
  void damagedHeadersAreEventsOrAProblem() {
    RandomEvents random = RandomEvents.seeded(EventRoundTripTest.class);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      WrittenEvent written = EventWriter.binary(random.strings());
      Map<String, List<String>> headers = new LinkedHashMap<>();
      for (Map.Entry<String, String> header : written.headers().entrySet()) {
        byte[] value = header.getValue().getBytes(StandardCharsets.ISO_8859_1);
        byte[] damaged = random.chance().nextInt(4) == 0 ? random.mutated(value) : value;
        headers.put(header.getKey(), List.of(new String(damaged, StandardCharsets.ISO_8859_1)));
      }
      EventReading reading = READER.read(HeaderSource.of(headers), written.body());
      if (reading instanceof Unreadable unreadable) {
        assertThat(unreadable.problem()).matches("[ -~]{1,300}");
        refused++;
      } else {
        for (CloudEvent each : ((Events) reading).events()) {
          assertThat(EventWriter.binary(each).headers().values())
              .allMatch(value -> value.matches("[ -~]*"));
        }
      }
    }
    assertThat(refused).isBetween(5_000, 19_999);
  }

  @Test
  void headersAreEncodedAsTheBindingSays() {
    CloudEvent event = event("Euro € 😀\r\n\"100%\"", null, null);
    assertThat(EventWriter.binary(event).headers())
        .containsEntry("ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80%0D%0A%22100%25%22");
  }

  @Test
  void aContentTypeThatIsNoHeaderIsNoAttribute() {
    assertThatThrownBy(() -> event("s", "a/b\r\nx: y", null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new CloudEvent(event("s", null, null).attributes(), Set.of("source"), null))
        .hasMessage("source: (expected: an integer, true or false)");
  }

  @Test
  void dataInStructuredModeIsWrittenByItsType() {
    assertThat(json("application/json", "{\"a\": 1}")).endsWith("\"data\":{\"a\": 1}}");
    assertThat(json("application/json", "{broken")).endsWith("\"data_base64\":\"e2Jyb2tlbg==\"}");
    assertThat(json("application/json;charset=latin1", "{}")).endsWith("\"data_base64\":\"e30=\"}");
    assertThat(json("text/plain", "a\"\n")).endsWith("\"data\":\"a\\\"\\n\"}");
    assertThat(json("image/svg+xml", "<a/>")).endsWith("\"data\":\"<a/>\"}");
    assertThat(json("application/octet-stream", "a")).endsWith("\"data_base64\":\"YQ==\"}");
    assertThat(json(null, "1")).endsWith("\"data_base64\":\"MQ==\"}");
    assertThat(json("text/plain", null)).doesNotContain("\"data");
  }

  private static String json(@Nullable String type, @Nullable String data) {
    return new String(EventWriter.structured(event("s", type, data)).body(), StandardCharsets.UTF_8)
        .replace("\"datacontenttype\"", "");
  }

  private static CloudEvent event(String subject, @Nullable String type, @Nullable String data) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", "1");
    attributes.put("source", "/s");
    attributes.put("type", "t");
    attributes.put("subject", subject);
    if (type != null) {
      attributes.put("datacontenttype", type);
    }
    return new CloudEvent(attributes, data == null ? null : data.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void eventsOfTwoVersionsAreNoBatch() {
    CloudEvent event = event("s", null, null);
    assertThatThrownBy(() -> EventWriter.batch(List.of(event, event.with("specversion", "0.3"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

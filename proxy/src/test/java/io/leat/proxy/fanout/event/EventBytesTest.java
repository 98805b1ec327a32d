package io.leat.proxy.fanout.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EventBytesTest {
  private static final Map<String, String> REQUIRED =
      Map.of("specversion", "1.0", "id", "1", "source", "/s", "type", "t");

  @Test
  void everyEventComesBackEqual() {
    RandomEvents random = RandomEvents.seeded(EventBytesTest.class);
    for (int i = 0; i < 5_000; i++) {
      CloudEvent event = random.any();
      assertThat(EventBytes.read(EventBytes.write(event))).isEqualTo(event);
    }
  }

  @Test
  void theOrderOfAttributesAndEmptyDataAreKept() {
    CloudEvent event = RandomEvents.seeded(EventBytesTest.class).any();
    CloudEvent none = EventBytes.read(EventBytes.write(event.withData(null)));
    CloudEvent empty = EventBytes.read(EventBytes.write(event.withData(new byte[0])));
    assertThat(none.data()).isNull();
    assertThat(empty.data()).isEmpty();
    assertThat(empty.attributes().sequencedKeySet())
        .containsExactlyElementsOf(event.attributes().sequencedKeySet());
  }

  @Test
  void theBytesOfVersionOneStayWhatTheyAre() {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", "ä");
    attributes.put("source", "/s");
    attributes.put("type", "t");
    attributes.put("n", "7");
    byte[] written = EventBytes.write(new CloudEvent(attributes, Set.of("n"), new byte[] {65}));
    assertThat(new String(written, StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "\u0001\u0005\u000bspecversion\u00061.0\u0002id\u0004\u00c3\u00a4\u0006source\u0004/s"
                + "\u0004type\u0002t\u0001n\u00037\u0002A");
  }

  @Test
  void bytesThatAreCutOrPaddedAreCorrupt() {
    byte[] bytes = EventBytes.write(new CloudEvent(REQUIRED, new byte[] {1, 2, 3}));
    for (int length = 0; length < bytes.length; length++) {
      int cut = length;
      assertThatThrownBy(() -> EventBytes.read(bytes, 0, cut))
          .isInstanceOf(CorruptEventException.class)
          .hasMessageStartingWith("no event at byte ");
    }
    byte[] padded = java.util.Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> EventBytes.read(padded)).isInstanceOf(CorruptEventException.class);
    bytes[0] = 2;
    assertThatThrownBy(() -> EventBytes.read(bytes))
        .hasMessage("no event at byte 0: version 2 (expected: 1)");
  }

  @Test
  void mutatedBytesAreAnEventOrCorruptAndNothingElse() {
    RandomEvents random = RandomEvents.seeded(EventBytesTest.class);
    Random chance = random.chance();
    int corrupt = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = random.mutated(EventBytes.write(random.any()));
      try {
        assertThat(EventBytes.read(bytes)).isNotNull();
      } catch (CorruptEventException expected) {
        corrupt++;
      }
      byte[] noise = new byte[chance.nextInt(64)];
      chance.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = EventBytes.VERSION;
      }
      assertThatThrownBy(() -> EventBytes.read(noise)).isInstanceOf(CorruptEventException.class);
    }
    assertThat(corrupt).isGreaterThan(5_000);
  }
}

package io.leat.control.api.kube;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.ChangeEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is encoded once, and what is forgotten. */
class EventLinesTest {
  private final EventLines lines = new EventLines(10);
  private final List<String> encoded = new ArrayList<>();

  private static ChangeEvent event() {
    Resource map =
        Resource.of(Kind.CONFIG_MAP, Metadata.of("default", "c"), new Spec.Document("{}"));
    return new ChangeEvent(ChangeEvent.Type.CREATED, null, map);
  }

  private String line(ChangeEvent event, String type, String text) {
    byte[] line =
        lines.of(
            event,
            type,
            () -> {
              encoded.add(text);
              return text.getBytes(US_ASCII);
            });
    return new String(line, US_ASCII);
  }

  @Test
  void anEventIsEncodedOnceForEachTypeOfLine() {
    ChangeEvent event = event();
    assertThat(line(event, "ADDED", "one")).isEqualTo("one");
    assertThat(line(event, "ADDED", "again")).isEqualTo("one");
    assertThat(line(event, "MODIFIED", "two")).isEqualTo("two");
    // Another event with the same content is another event.
    assertThat(line(event(), "ADDED", "three")).isEqualTo("three");
    assertThat(encoded).containsExactly("one", "two", "three");
  }

  @Test
  void theOldestLinesGoWhenAllAreTooLong() {
    ChangeEvent first = event();
    ChangeEvent second = event();
    line(first, "ADDED", "123456");
    line(second, "ADDED", "654321");
    assertThat(line(second, "ADDED", "x")).isEqualTo("654321");
    assertThat(line(first, "ADDED", "y")).isEqualTo("y");
    // One that is longer than the bound is kept as long as it is the newest.
    assertThat(line(second, "MODIFIED", "much too long")).isEqualTo("much too long");
    assertThat(line(second, "MODIFIED", "z")).isEqualTo("much too long");
  }
}

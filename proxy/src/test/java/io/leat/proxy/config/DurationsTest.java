package io.leat.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "30s, PT30S",
    "1m30s, PT1M30S",
    "PT30S, PT30S",
    "pt1h, PT1H",
    "500ms, PT0.5S",
    "1.5s, PT1.5S",
    "2h, PT2H",
    "1d, PT24H",
    "250us, PT0.00025S",
    "7ns, PT0.000000007S",
    "0, PT0S",
    "0s, PT0S"
  })
  void readsWhatPeopleType(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "s",
        "30 s",
        "-5s",
        "PT-5S",
        "1m30",
        "30sec",
        "1..5s",
        "PT",
        "999999999999d"
      })
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be a duration like 30s, 1m30s, 500ms or PT30S (got " + text + ")");
  }

  @Test
  void readsBackWhatItWrites() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Duration value =
          Duration.ofSeconds(random.nextInt(10_000_000), random.nextInt(1_000_000_000));
      assertThat(Durations.parse(Durations.format(value))).as("seed %d", seed).isEqualTo(value);
    }
  }

  @Test
  void writesTheShortForm() {
    assertThat(Durations.format(Duration.ofSeconds(300))).isEqualTo("5m");
    assertThat(Durations.format(Duration.ofMillis(90_500))).isEqualTo("1m30s500ms");
    assertThat(Durations.format(Duration.ZERO)).isEqualTo("0s");
  }
}

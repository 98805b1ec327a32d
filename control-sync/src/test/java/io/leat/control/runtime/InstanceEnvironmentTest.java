package io.leat.control.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceEnvironmentTest {

  @ParameterizedTest
  @CsvSource({
    "$(A), a",
    "x$(A)y$(B), xaybb",
    "$(NONE), $(NONE)",
    "$$(A), $(A)",
    "$$$(A), $a",
    "$$$$(A), $$(A)",
    "$A, $A",
    "100$, 100$",
    "$(A, $(A",
    "$(), $()",
    "$(B$(A)), $(B$(A))",
    "'', ''"
  })
  void expandsByTheRulesOfKubernetes(String text, String expanded) {
    assertThat(InstanceEnvironment.expand(text, Map.of("A", "a", "B", "bb"))).isEqualTo(expanded);
  }

  @Test
  void noPortIsHandedOutTwice() throws IOException {
    Ports ports = new Ports();
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      int port = ports.take();
      assertThat(taken.add(port)).isTrue();
      if (i % 10 == 0) {
        ports.release(port);
      }
    }
  }

  @Test
  void restartDelaysDoubleUpToTheirLimit() {
    LocalProcessSettings settings = LocalProcessSettings.DEFAULT;
    assertThat(settings.restartDelay(1)).hasSeconds(1);
    assertThat(settings.restartDelay(2)).hasSeconds(2);
    assertThat(settings.restartDelay(4)).hasSeconds(8);
    assertThat(settings.restartDelay(7)).hasSeconds(60);
    assertThat(settings.restartDelay(1_000_000)).hasSeconds(60);
  }
}

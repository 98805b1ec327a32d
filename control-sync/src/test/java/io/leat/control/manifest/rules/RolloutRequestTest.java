package io.leat.control.manifest.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.rules.RolloutRequest.AbortIf;
import io.leat.control.manifest.rules.RolloutRequest.Action;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RolloutRequestTest {
  @Test
  void readsWhatItWrites() {
    RolloutRequest request =
        new RolloutRequest(
            "shop-00002",
            List.of(5, 25, 100),
            Duration.ofSeconds(90),
            List.of(new AbortIf.ErrorRate(0.5), new AbortIf.P99(Duration.ofMillis(250))),
            "2026-11-21T16:30:41.086922968Z",
            Action.ABORT);
    assertThat(request.text())
        .isEqualTo(
            "to=shop-00002 steps=5,25,100 hold=1m30s abort-if=error_rate>0.5%,p99>250ms"
                + " id=2026-11-21T16:30:41.086922968Z action=abort");
    assertThat(RolloutRequest.parse(request.text())).contains(request);
    assertThat(request.needsDurations()).isTrue();
  }

  @Test
  void whatIsLeftOutIsAtOnceAndWithoutConditions() {
    assertThat(RolloutRequest.parse(" to=a "))
        .contains(new RolloutRequest("a", List.of(100), Duration.ZERO, List.of(), "1", Action.RUN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "steps=100",
        "to=",
        "to=Shop",
        "to=a to=b",
        "to=a steps=",
        "to=a steps=50",
        "to=a steps=50,50,100",
        "to=a steps=60,50,100",
        "to=a steps=0,100",
        "to=a steps=100,101",
        "to=a steps=1e2",
        "to=a hold=soon",
        "to=a hold=-1s",
        "to=a hold=8000h",
        "to=a abort-if=errors",
        "to=a abort-if=error_rate>101%",
        "to=a abort-if=error_rate>1",
        "to=a abort-if=error_rate>1%,",
        "to=a abort-if=p99>0s",
        "to=a abort-if=p99>fast",
        "to=a id=",
        "to=a id=a/b",
        "to=a action=stop",
        "to=a what=ever",
      })
  void refuses(String text) {
    assertThat(RolloutRequest.parse(text)).isEmpty();
  }
}

package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels whose resources an API server holds, which is a second Leat. */
class KubernetesEventingIT {
  @TempDir Path dir;
  private LeatProcess api;
  private Path apiState;
  private EventingScenario scenario;

  @BeforeEach
  void startApi() {
    Kubectl.assumeInstalled();
    apiState = dir.resolve("api");
    api = LeatProcess.run(apiState, "--api-only");
    scenario = new EventingScenario(dir, new Kubectl(apiState));
  }

  @AfterEach
  void stop() {
    scenario.close();
    api.close();
  }

  private LeatProcess leat(String state) {
    return LeatProcess.run(
        dir.resolve(state),
        "--kubernetes",
        "--kubeconfig",
        apiState.resolve("kubeconfig").toString());
  }

  @Test
  void everyKindIsServedAndEventsFlowWhileTheApiServerIsAway() throws Exception {
    try (LeatProcess leat = leat("leat")) {
      scenario.everyKindIsServed(leat);
      scenario.sourcesRun();
      int port = api.adminPort();
      api.kill();
      EventingScenario.soon().until(() -> leat.stderrText().contains("does not answer"));
      scenario.order(leat, "alone");
      scenario.paid("alone");
      api = LeatProcess.runAt(port, apiState, "--api-only");
      scenario.order(leat, "again");
      scenario.paid("again");
      scenario.subscriptionsComeAndGo(leat, "audit");
    }
  }

  @Test
  void oneTakesEventsAndEachDeliversWhatItHas() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (LeatProcess first = leat("first")) {
      scenario.apply(scenario.orders());
      scenario.ready("subscriptions.eventing.knative.dev/billing");
      scenario.apply(ChannelManifests.interval("clock", "orders", "PT0.2S", "tick"));
      EventingScenario.soon().until(() -> scenario.ticks() > 0);
      try (LeatProcess second = leat("second")) {
        EventingScenario.soon().until(() -> scenario.tryOrder(second, "refused").status() == 503);
        KeepAliveClient.Answer refused = scenario.tryOrder(second, "refused");
        assertThat(refused.header("proxy-status")).contains("leat_channel_unavailable");
        assertThat(refused.header("retry-after")).isNotEmpty();
        scenario
            .receiver()
            .on(
                "pay",
                _ -> {
                  open.await();
                  return EventReceiver.Reply.of(202);
                });
        scenario.order(first, "kept");
        EventingScenario.soon().until(() -> scenario.receiver().ids("bill").contains("kept"));
        first.kill();
        EventingScenario.soon().until(() -> scenario.tryOrder(second, "new").status() == 202);
        EventingScenario.soon().until(() -> scenario.receiver().ids("bill").contains("new"));
        int ticks = scenario.ticks();
        EventingScenario.soon().until(() -> scenario.ticks() > ticks + 2);
        open.countDown();
        scenario.receiver().got("pay").clear();
        try (LeatProcess back = leat("first")) {
          scenario.paid("kept");
          assertThat(scenario.tryOrder(back, "refused").status())
              .as("it does not lead any more")
              .isEqualTo(503);
        }
        assertThat(scenario.receiver().ids("bill")).doesNotContainAnyElementsOf(List.of("refused"));
      }
    } finally {
      open.countDown();
    }
  }
}

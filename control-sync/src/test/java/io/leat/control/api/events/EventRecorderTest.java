package io.leat.control.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final ResourceStore store =
      new MemoryStore(() -> now, () -> UUID.randomUUID().toString());
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Executor executor = tasks::add;

  private void run() {
    Runnable task = tasks.poll();
    while (task != null) {
      task.run();
      task = tasks.poll();
    }
  }

  private void say(String name, Condition condition) {
    Resource route =
        Resource.of(Kind.ROUTE, Metadata.of("default", name), new Spec.RouteSpec(List.of()));
    if (store.read(view -> view.get(route.key())).isEmpty()) {
      assertThat(store.create(route).succeeded()).isTrue();
    }
    Resource stored = store.read(view -> view.get(route.key())).orElseThrow();
    assertThat(
            store
                .updateStatus(
                    stored.key(),
                    stored.metadata().resourceVersion(),
                    Status.EMPTY.withCondition(condition))
                .succeeded())
        .isTrue();
    run();
  }

  private List<JsonNode> events() {
    return store.read(view -> view.list(Kind.EVENT)).stream()
        .map(event -> (JsonNode) ResourceJson.tree(event))
        .toList();
  }

  @Test
  void whatHappensAgainIsCounted() {
    try (EventRecorder _ = new EventRecorder(store, executor, () -> now)) {
      for (int i = 0; i < 3; i++) {
        now = now.plusSeconds(5);
        say("shop", Condition.isTrue("Ready"));
        say("shop", Condition.isFalse("Ready", "RevisionMissing", "no revision"));
      }
      assertThat(events()).hasSize(2);
      JsonNode warning =
          events().stream()
              .filter(event -> event.path("type").asText().equals("Warning"))
              .findFirst()
              .orElseThrow();
      assertThat(warning.path("reason").asText()).isEqualTo("RevisionMissing");
      assertThat(warning.path("count").asInt()).isEqualTo(3);
      assertThat(warning.path("firstTimestamp").asText()).isEqualTo("2026-01-01T00:00:05Z");
      assertThat(warning.path("lastTimestamp").asText()).isEqualTo("2026-01-01T00:00:15Z");
      assertThat(warning.at("/involvedObject/name").asText()).isEqualTo("shop");
    }
  }

  @Test
  void eventsAreForgottenByAgeAndByNumberAlsoAfterARestart() {
    try (EventRecorder _ = new EventRecorder(store, executor, () -> now)) {
      say("old", Condition.isTrue("Ready"));
    }
    try (EventRecorder _ = new EventRecorder(store, executor, () -> now)) {
      now = now.plus(Duration.ofHours(2));
      say("new", Condition.isTrue("Ready"));
      assertThat(events())
          .extracting(event -> event.at("/involvedObject/name").asText())
          .containsExactly("new");
      for (int i = 0; i < EventRecorder.MAX_EVENTS + 10; i++) {
        say("r" + i, Condition.isTrue("Ready"));
      }
      assertThat(events()).hasSize(EventRecorder.MAX_EVENTS);
    }
  }

  @Test
  void stepsAndTheEndOfARolloutAreTold() {
    say("shop", Condition.unknown("Ready", "RolloutInProgress", ""));
    try (EventRecorder _ = new EventRecorder(store, executor, () -> now)) {
      roll(Rollout.Staged.PROGRESSING, 5, null);
      roll(Rollout.Staged.PROGRESSING, 25, null);
      roll(Rollout.Staged.ABORTED, 0, "too many errors");
      assertThat(events())
          .extracting(event -> event.path("type").asText() + " " + event.path("message").asText())
          .containsExactlyInAnyOrder(
              "Normal Revision \"b\" gets 5 %",
              "Normal Revision \"b\" gets 25 %", "Warning Rollout of \"b\": too many errors");
    }
  }

  private void roll(String phase, long percent, @Nullable String message) {
    Resource stored =
        store.read(view -> view.get(new ResourceKey(Kind.ROUTE, "default", "shop"))).orElseThrow();
    Rollout.Staged staged =
        new Rollout.Staged("1", "b", phase, 0, percent, null, List.of(), 1, message);
    assertThat(
            store
                .updateStatus(
                    stored.key(),
                    stored.metadata().resourceVersion(),
                    stored.status().withRollout(Rollout.of(List.of(), staged)))
                .succeeded())
        .isTrue();
    run();
  }
}

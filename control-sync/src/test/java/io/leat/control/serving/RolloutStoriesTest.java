package io.leat.control.serving;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Families;
import io.leat.control.Manifests;
import io.leat.control.World;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Rollout.Staged;
import io.leat.control.store.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rollouts and rollbacks that somebody asked for, from the annotation to the table. */
final class RolloutStoriesTest {
  private static final String HOST = "shop.default.localhost";
  private static final String STEPS = "to=shop-00002 steps=5,25,100 hold=30s";
  private static final String GATED = STEPS + " abort-if=error_rate>1%";
  private static final Resource PINNED = pinned("one");

  private World world = new World();

  @BeforeEach
  void twoRevisionsOfWhichTheFirstHasTheTraffic() {
    world.apply(PINNED);
    world.apply(pinned("two"));
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
  }

  private static Resource pinned(String greeting) {
    return Manifests.service("shop", greeting, Manifests.to("shop-00001", 100));
  }

  @Test
  void aRolloutTakesItsStepsAndPinsWhatItRolledOut() {
    ask(STEPS + " id=1");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 95, "shop-00002", 5));
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready"))
        .isEqualTo("Unknown/RolloutInProgress");
    world.pass(Duration.ofSeconds(31));
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 75, "shop-00002", 25));
    world.pass(Duration.ofSeconds(31));
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
    assertThat(state("shop-00001")).as("an abort may still need it").isEqualTo("active");
    world.pass(Duration.ofSeconds(31));
    assertThat(staged().phase()).isEqualTo(Staged.SUCCEEDED);
    assertThat(state("shop-00001")).as("the spec still names it").isEqualTo("active");
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.unsettled()).isEmpty();
    world.apply(pinned("three"));
    assertThat(weights()).as("a deployment changes nothing").isEqualTo(Map.of("shop-00002", 100));
  }

  @Test
  void itGivesTheTrafficBackWhenTooManyRequestsFail() {
    ask(GATED + " id=1");
    world.pass(Duration.ofSeconds(31));
    assertThat(weights()).containsEntry("shop-00002", 25);
    world.answered("shop-00002", 100, 2);
    world.pass(Duration.ofSeconds(3));
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    assertThat(staged().phase()).isEqualTo(Staged.ABORTED);
    assertThat(staged().message())
        .isEqualTo("error_rate>1%: 2 of 100 requests failed (2.0 %), at 25 %.");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void errorsOfAnEarlierStepAreNotHeldAgainstALaterOne() {
    ask(GATED + " id=1");
    world.answered("shop-00002", 1000, 10);
    world.pass(Duration.ofSeconds(31));
    assertThat(weights()).containsEntry("shop-00002", 25);
    world.answered("shop-00002", 100, 1);
    world.pass(Duration.ofSeconds(31));
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
  }

  @Test
  void aRestartGoesOnWithTheStepAndHoldsItOnceMore() {
    ask(GATED + " id=1");
    world.pass(Duration.ofSeconds(31));
    world.pass(Duration.ofSeconds(20));
    world = world.restarted(Families.serving(World.CONFIG));
    world.settle();
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 75, "shop-00002", 25));
    world.pass(Duration.ofSeconds(20));
    assertThat(weights()).as("nothing was observed yet").containsEntry("shop-00002", 25);
    world.pass(Duration.ofSeconds(12));
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
    world.answered("shop-00002", 20, 20);
    world.pass(Duration.ofSeconds(2));
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
  }

  @Test
  void aRollbackHoldsOverDeploymentsUntilItIsUndoneOrTheTrafficIsEdited() {
    world.apply(Manifests.service("shop", "three"));
    assertThat(weights()).isEqualTo(Map.of("shop-00003", 100));
    ask("to=shop-00001 id=back");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    assertThat(staged().phase()).isEqualTo(Staged.SUCCEEDED);
    world.apply(Manifests.service("shop", "four"));
    assertThat(world.get(Kind.SERVICE, "shop").status().latestReadyRevisionName())
        .isEqualTo("shop-00004");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    world = world.restarted(Families.serving(World.CONFIG));
    world.apply(Manifests.service("shop", "four"));
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    ask(null);
    assertThat(weights()).isEqualTo(Map.of("shop-00004", 100));
    assertThat(world.get(Kind.ROUTE, "shop").status().rollout()).isNull();
    ask("to=shop-00001 id=again");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    world.apply(Manifests.service("shop", "four", Manifests.to("shop-00002", 100)));
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
    assertThat(staged().phase()).isEqualTo(Staged.SUPERSEDED);
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void abortAndPromoteAreObeyedAtOnce() {
    ask(STEPS + " id=1");
    ask(STEPS + " id=1 action=abort");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    ask(STEPS + " id=2");
    ask(STEPS + " id=2 action=promote");
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void tagsStayWhileARolloutRuns() {
    world.apply(
        Manifests.service(
            "shop",
            "two",
            Manifests.to("shop-00001", 100),
            Manifests.tagged("shop-00002", 0, "next")));
    ask(STEPS + " id=1");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 95, "shop-00002", 5));
    assertThat(world.proxy().weights("next-" + HOST)).isEqualTo(Map.of("shop-00002", 100));
  }

  @Test
  void aRevisionThatDoesNotExistOrIsNotOursGetsNothing() {
    ask("to=shop-00009 steps=5,100 hold=1s id=1");
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    assertThat(staged().phase()).isEqualTo(Staged.ABORTED);
  }

  @Test
  void anAnnotationThatMeansNothingIsRefusedByTheRules() {
    Resource service = Manifests.service("shop", "one");
    Resource wrong =
        service.withMetadata(
            service.metadata().withAnnotations(Map.of(Labels.ROLLOUT, "to=x steps=50")));
    assertThat(io.leat.control.manifest.rules.Validation.standalone().findings(wrong))
        .singleElement()
        .asString()
        .startsWith("metadata.annotations[leat.dev/rollout]: must be to=REVISION");
  }

  @Test
  void durationsAreCountedWhileAConditionNeedsThem() {
    ask(STEPS + " abort-if=p99>250ms id=1");
    assertThat(requireNonNull(world.proxy().host(HOST)).entries().getFirst().policy().timed())
        .isTrue();
    ask(null);
    assertThat(requireNonNull(world.proxy().host(HOST)).entries().getFirst().policy().timed())
        .isFalse();
  }

  /** Whatever happens, nothing unknown or unready is in the split, and it settles. */
  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43, 44, 45, 46})
  void everyStorySettles(long seed) {
    Random random = new Random(seed);
    List<String> cut = new ArrayList<>();
    world
        .runtime()
        .onStop(instance -> {
          if (world.proxy().sendsTo(instance.host() + ":" + instance.port())) {
            cut.add(instance.name());
          }
        });
    for (int step = 0; step < 60; step++) {
      String at = "seed " + seed + " step " + step;
      String revision = "shop-0000" + (1 + random.nextInt(6));
      switch (random.nextInt(8)) {
        case 0 -> world.apply(pinned("v" + random.nextInt(100)));
        case 1 -> world.apply(Manifests.service("shop", "v" + random.nextInt(100)));
        case 2 -> ask("to=" + revision + " steps=10,50,100 hold=5s id=" + step);
        case 3 -> ask("to=" + revision + " steps=1,100 hold=3s abort-if=error_rate>5% id=" + step);
        case 4 -> ask(null);
        case 5 -> world.answered(revision, random.nextInt(200), random.nextInt(20));
        case 6 -> world.runtime().ready(World.id(revision));
        default -> world = restartedQuietly(random);
      }
      world.pass(Duration.ofMillis(random.nextInt(8000)));
      Map<String, Integer> weights = weights();
      assertThat(weights.values().stream().mapToInt(Integer::intValue).sum()).as(at).isEqualTo(100);
      for (String name : weights.keySet()) {
        assertThat(world.has(Kind.REVISION, name)).as(at + " " + name).isTrue();
      }
      assertThat(cut).as(at).isEmpty();
    }
    world.pass(Duration.ofSeconds(60));
    assertThat(world.unsettled()).as("seed " + seed).isEmpty();
  }

  private World restartedQuietly(Random random) {
    return random.nextInt(3) == 0 ? world.restarted(Families.serving(World.CONFIG)) : world;
  }

  private void ask(@Nullable String request) {
    world.annotate(Kind.SERVICE, "shop", Labels.ROLLOUT, request);
    world.settle();
  }

  private Staged staged() {
    return requireNonNull(
        requireNonNull(world.get(Kind.SERVICE, "shop").status().rollout()).staged());
  }

  private String state(String revision) {
    return world
        .get(Kind.REVISION, revision)
        .metadata()
        .labels()
        .getOrDefault(Labels.ROUTING_STATE, "");
  }

  private Map<String, Integer> weights() {
    return world.proxy().weights(HOST);
  }
}

package io.leat.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.publish.TableSink;
import io.leat.control.reconcile.ControlScheduler;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.resource.Resource;
import io.leat.control.store.MemoryStore;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The loop on a real thread. */
final class ControlLoopLatencyTest {

  @Test
  void aChangedRouteReachesTheProxyWithinMilliseconds() throws Exception {
    BlockingQueue<Long> applied = new LinkedBlockingQueue<>();
    TableMirror mirror = new TableMirror("proxy");
    TableSink sink =
        new TableSink() {
          @Override
          public String name() {
            return mirror.name();
          }

          @Override
          public LiveTable.Outcome apply(TableUpdate update) {
            LiveTable.Outcome outcome = mirror.apply(update);
            applied.add(System.nanoTime());
            return outcome;
          }
        };
    List<Long> micros = new ArrayList<>();
    try (ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
        ControlLoop loop = loop(ControlScheduler.of(control))) {
      loop.connect(sink);
      assertThat(applied.poll(60, TimeUnit.SECONDS)).isNotNull();
      List<Resource> base = new ArrayList<>();
      base.add(Manifests.revision("blue"));
      base.add(Manifests.revision("green"));
      for (int i = 0; i < 300; i++) {
        base.add(Manifests.route("other" + i, Manifests.to("blue", 100)));
      }
      assertThat(loop.applyManifests(base).get(60, TimeUnit.SECONDS)).isEmpty();
      assertThat(applied.poll(60, TimeUnit.SECONDS)).isNotNull();
      while (applied.poll(200, TimeUnit.MILLISECONDS) != null) {
        // The first batch is large and runs on cold code: it may come in parts.
      }
      for (int i = 0; i < 50; i++) {
        List<Resource> manifests = new ArrayList<>(base);
        manifests.add(Manifests.route("shop", Manifests.to(i % 2 == 0 ? "blue" : "green", 100)));
        long start = System.nanoTime();
        assertThat(loop.applyManifests(manifests).get(60, TimeUnit.SECONDS)).isEmpty();
        Long at = applied.poll(60, TimeUnit.SECONDS);
        assertThat(at).isNotNull();
        micros.add((at - start) / 1000);
        while (applied.poll(6, TimeUnit.MILLISECONDS) != null) {
          // A machine that stood still in the middle may get the rest apart.
        }
      }
    }
    long median = micros.stream().sorted().toList().get(micros.size() / 2);
    System.out.println("apply to proxy, median of 50: " + median + " us");
    assertThat(median).isLessThan(TimeUnit.MILLISECONDS.toMicros(50));
    assertThat(mirror.weights("shop.default.localhost")).containsOnlyKeys("green");
  }

  private static ControlLoop loop(ControlScheduler scheduler) {
    ScaleConfigurator scaler =
        new ScaleConfigurator() {
          @Override
          public void configure(RevisionId revision, ScaleSettings settings) {
            throw new AssertionError("no revision of this test is scaled: " + revision);
          }

          @Override
          public void remove(RevisionId revision) {
            throw new AssertionError("no revision of this test is scaled: " + revision);
          }
        };
    return new ControlLoop(
        new ControlLoop.Ports(
            new MemoryStore(InstantSource.system(), () -> UUID.randomUUID().toString()),
            new FakeRuntime(),
            scaler,
            revision -> 0,
            new ControlLoop.Time(scheduler, Ticker.system(), Draw.xorshift(3)),
            Duration.ofSeconds(300)),
        Families.serving(World.CONFIG));
  }
}

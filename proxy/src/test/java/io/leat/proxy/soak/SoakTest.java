package io.leat.proxy.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ClientLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.testing.LeakWatch;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestOrigin;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Full load of every kind while the route changes all the time: nothing fails that nobody provoked,
 * and nothing grows.
 *
 * <p>{@code -Dleat.soak.seconds=600} runs the long form, {@code -Dleat.seed} repeats a run. What
 * the process holds is measured at rest, after a warm-up of a quarter of the time and at the end.
 */
class SoakTest {
  private static final int SECONDS = Integer.getInteger("leat.soak.seconds", 10);
  private static final long EDIT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long HEAP_TOLERANCE = 8L << 20;
  private static final long DIRECT_TOLERANCE = 16L << 20;
  private static final int THREADS_TOLERANCE = 2;
  private static final int FILES_TOLERANCE = 8;

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private long answered;
  private long aborted;
  private long edits;

  private static ProxyLimits limits() {
    ProxyLimits d = ProxyLimits.DEFAULT;
    // The endpoints give up after ten seconds: a connection is not used again near that moment.
    return new ProxyLimits(
        d.requestLineBytes(),
        d.headerBytes(),
        d.headerLineBytes(),
        d.headerCount(),
        0,
        d.headerTimeout(),
        d.idleTimeout(),
        d.connectTimeout(),
        Duration.ofSeconds(5),
        d.idlePerEndpoint(),
        d.connectionsPerEndpoint(),
        ClientLimits.DEFAULT,
        d.mirrors());
  }

  @Test
  void nothingFailsAndNothingGrows() throws Exception {
    System.out.println("SoakTest: -Dleat.seed=" + seed + ", seconds " + SECONDS);
    int warmUp = Math.max(1, SECONDS / 4);
    try (TestOrigin one = SoakOrigin.start();
        TestOrigin two = SoakOrigin.start();
        ProxyFixture proxy = ProxyFixture.start(settings -> settings.withLimits(limits()))) {
      int[] ports = {one.port(), two.port()};
      proxy.serve("a.test", ports);
      run(proxy, ports, Math.max(1, warmUp / 4));
      run(proxy, ports, warmUp - warmUp / 4);
      Footprint warm = Footprint.of(proxy);
      System.out.println("SoakTest: after warm-up " + warm + ", answered " + answered);
      run(proxy, ports, SECONDS - warmUp);
      Footprint end = Footprint.of(proxy);
      System.out.printf(
          "SoakTest: at the end %s, answered %d, aborted %d, edits %d%n",
          end, answered, aborted, edits);
      assertThat(end.heap() - warm.heap()).as("heap").isLessThan(HEAP_TOLERANCE);
      assertThat(end.direct() - warm.direct()).as("direct").isLessThan(DIRECT_TOLERANCE);
      assertThat(end.threads() - warm.threads()).as("threads").isLessThan(THREADS_TOLERANCE);
      assertThat(end.files() - warm.files()).as("files").isLessThan(FILES_TOLERANCE);
      assertThat(answered).isGreaterThan(100L * SECONDS);
      assertThat(aborted).isGreaterThan(SECONDS);
      assertThat(edits).isGreaterThan(10L * SECONDS);
    }
    LeakWatch.assertNothingLost();
  }

  /** Load and edits for so long, then rest. */
  private void run(ProxyFixture proxy, int[] ports, int seconds) throws Exception {
    SoakClients clients = new SoakClients(proxy.port());
    clients.start(random.split());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() - end < 0 && clients.errors().isEmpty()) {
      edit(proxy, ports);
      LockSupport.parkNanos(EDIT_NANOS);
    }
    clients.stop();
    answered += clients.answered();
    aborted += clients.aborted();
    assertThat(clients.errors()).as("seed %d", seed).isEmpty();
    await().until(() -> proxy.proxy().openConnections() == 0);
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    await().until(() -> proxy.proxy().upstreamConnections().active() == 0);
    // Every pooled connection is given up in time: none is left to grow.
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> proxy.proxy().upstreamConnections().idle() == 0);
  }

  /** One endpoint, the other, or both; with and without a limit of requests in flight. */
  private void edit(ProxyFixture proxy, int[] ports) {
    RevisionLimits limits =
        RevisionLimits.DEFAULT.withContainerConcurrency(random.nextBoolean() ? 0 : 500);
    int which = random.nextInt(4);
    if (which < 2) {
      proxy.put(ProxyFixture.revision("a.test"), limits, ports[which]);
    } else {
      proxy.put(ProxyFixture.revision("a.test"), limits, ports);
    }
    edits++;
  }
}

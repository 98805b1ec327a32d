package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Law 1: one router answers for the whole request, whatever is swapped in meanwhile. */
final class RouterSwapStressTest {
  private static final int DELTAS = 2_000;
  private static final int HOSTS = 64;

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final TableFixture table = new TableFixture();

  /** What a reader saw. */
  private record Seen(long requests, int versions) {}

  /**
   * Every version says its number in four places: the route and the header of an entry, and a port
   * of both revisions that it names.
   */
  private TableFixture.Change version(long version) {
    int port = 1 + (int) version;
    RevisionEndpoints r0 = TableFixture.revision("r0", port);
    RevisionEndpoints r1 = TableFixture.revision("r1", port);
    TableFixture.Change change = change().put(r0, r1);
    for (int i = 0; i < HOSTS; i++) {
      change.put(host(i, version));
    }
    return change;
  }

  private static VirtualHost host(int index, long version) {
    var entry =
        new RouteEntry(
            "default/v" + version,
            RouteMatch.ALL,
            TableFixture.split("r0", 1, "r1", 1),
            Map.of("x-version", Long.toString(version)),
            null);
    return VirtualHost.of("h" + index + ".test", List.of(entry));
  }

  private Seen read(int loop, CountDownLatch reading, AtomicBoolean done) {
    RequestView[] requests = new RequestView[HOSTS];
    for (int i = 0; i < HOSTS; i++) {
      requests[i] = new RawRequest("h" + i + ".test", "/");
    }
    Random random = new Random(seed + loop);
    long last = 0;
    int versions = 0;
    long count = 0;
    boolean more = true;
    while (more) {
      more = !done.get();
      Router router = table.live.current();
      if (router.version() != last) {
        assertThat(router.version()).isGreaterThan(last);
        last = router.version();
        versions++;
      }
      // Several hosts of one router, as one request asks it several things.
      for (int i = 0; i < 4; i++) {
        check(router, requests[random.nextInt(HOSTS)], loop);
        count++;
      }
      reading.countDown();
    }
    return new Seen(count, versions);
  }

  private static void check(Router router, RequestView request, int loop) {
    LiveEntry entry = router.dispatch(request, true);
    if (entry == null || !(entry.action() instanceof LiveSplit split)) {
      throw new AssertionError("version " + router.version() + " lost a host");
    }
    LiveTarget target = split.pick(loop);
    String version = Long.toString(router.version());
    int port = target.revision().readyEndpoint(0).endpoint().port();
    String header = new String(target.setHeaders()[1], StandardCharsets.ISO_8859_1);
    boolean same =
        entry.entry().route().equals("default/v" + version)
            && header.equals(version)
            && port == 1 + router.version()
            && target.revision() == router.revision(target.revision().id());
    if (!same) {
      throw new AssertionError(
          "router " + version + ", header " + header + ", port " + port + ", " + entry.entry());
    }
  }

  @Test
  void readersNeverSeeAMixtureOfVersions() throws Exception {
    System.out.println("RouterSwapStressTest: -Dleat.seed=" + seed);
    table.apply(version(1));
    CountDownLatch reading = new CountDownLatch(2);
    AtomicBoolean done = new AtomicBoolean();
    List<Future<Seen>> readers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int t = 0; t < 2; t++) {
        int loop = t;
        readers.add(threads.submit(() -> read(loop, reading, done)));
      }
      assertThat(reading.await(60, TimeUnit.SECONDS)).isTrue();
      try {
        for (long version = 2; version <= DELTAS + 1; version++) {
          table.apply(version(version));
        }
      } finally {
        done.set(true);
      }
      for (Future<Seen> reader : readers) {
        Seen seen = reader.get(60, TimeUnit.SECONDS);
        assertThat(seen.requests()).as("seed %d", seed).isGreaterThan(1_000);
        assertThat(seen.versions()).as("seed %d", seed).isGreaterThan(2);
      }
    }
    assertThat(table.live.current().version()).isEqualTo(DELTAS + 1);
  }
}

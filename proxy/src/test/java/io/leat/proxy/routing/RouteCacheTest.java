package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static io.leat.proxy.routing.TableFixture.host;
import static io.leat.proxy.routing.TableFixture.revision;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.VirtualHost.Visibility;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A connection that remembers its host is answered as one that looks it up each time. */
final class RouteCacheTest {
  private static final String[] NAMES = {
    "a.test",
    "A.test",
    "a.test.",
    "b.test",
    "x.wild.test",
    "y.wild.test",
    "Y.Wild.Test",
    "a-name-of-more-than-eight-bytes.test",
    "a-name-of-more-than-eight-bytes.tesu",
    "local.test",
    "absent.test",
    ""
  };

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final TableFixture table = new TableFixture();

  private VirtualHost any() {
    String name = NAMES[random.nextInt(10)].toLowerCase(Locale.ROOT);
    name = random.nextInt(4) == 0 ? "*.wild.test" : name;
    VirtualHost open = host(name, "r" + random.nextInt(3), 1);
    return random.nextInt(4) == 0
        ? new VirtualHost(open.host(), Visibility.CLUSTER_LOCAL, open.entries())
        : open;
  }

  @Test
  void sameAnswerAsALookUpWhateverChanges() {
    System.out.println("RouteCacheTest: -Dleat.seed=" + seed);
    table.apply(change().put(revision("r0", 80), revision("r1", 81), revision("r2", 82)));
    RouteCache outside = new RouteCache(true);
    RouteCache inside = new RouteCache(false);
    int found = 0;
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(4) == 0) {
        table.apply(change().put(any()));
      }
      String name = NAMES[random.nextInt(NAMES.length)];
      for (int again = random.nextInt(3); again >= 0; again--) {
        var request = new RawRequest(name, "/x");
        Router router = table.live.current();
        LiveEntry expected = router.dispatch(request, true);
        assertThat(outside.dispatch(router, request))
            .as("seed %d, %s", seed, name)
            .isSameAs(expected);
        assertThat(inside.dispatch(router, request))
            .as("seed %d, %s", seed, name)
            .isSameAs(router.dispatch(request, false));
        found += expected == null ? 0 : 1;
      }
    }
    assertThat(found).as("seed %d", seed).isGreaterThan(1000);
  }
}

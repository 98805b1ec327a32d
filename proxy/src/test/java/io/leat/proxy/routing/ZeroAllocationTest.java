package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static io.leat.proxy.routing.TableFixture.host;
import static io.leat.proxy.routing.TableFixture.revision;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteMatch.HeaderMatch;
import io.leat.proxy.table.RouteMatch.PathKind;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.LoopCounters;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Law 2: match, pick and select allocate nothing. */
final class ZeroAllocationTest {
  private static final int ROUNDS = 100_000;

  private final TableFixture table = new TableFixture();
  private final Draw draw = Draw.xorshift(7);
  private final LoopCounters counters = new LoopCounters();
  private final RequestView[] requests = {
    new RawRequest("plain.test", "/"),
    new RawRequest("A.B.Wild.test.", "/x"),
    new RawRequest("paths.test", "/p/42/deep/down", "x-tag", "blue"),
    new RawRequest("paths.test", "/none", "x-tag", "red"),
    new RawRequest("absent.test", "/")
  };

  private void fill() {
    List<RouteEntry> entries = new ArrayList<>();
    var blue = List.of(new HeaderMatch("x-tag", "blue"));
    for (int i = 0; i < 100; i++) {
      var match = new RouteMatch(PathKind.SEGMENT, "/p/" + i, blue);
      entries.add(RouteEntry.of("default/paths", match, TableFixture.split("r0", 1, "r1", 9)));
    }
    entries.add(RouteEntry.of("default/paths", RouteMatch.ALL, TableFixture.split("r1", 1)));
    table.apply(
        change()
            .put(host("plain.test", "r0", 1, "r1", 98, "r2", 1), host("*.wild.test", "r2", 1))
            .put(VirtualHost.of("paths.test", entries))
            .put(revision("r0", 80), revision("r1", 81, 82, 83), revision("r2", 84, 85)));
  }

  /** One request from the first decision to the last count; 1 when it was served. */
  private int serve(RequestView request) {
    LiveEntry entry = table.live.current().dispatch(request, true);
    if (entry == null || !(entry.action() instanceof LiveSplit split)) {
      return 0;
    }
    LiveTarget target = split.pick(1);
    LiveRevision revision = target.revision();
    LiveEndpoint endpoint = revision.acquire(draw, 1);
    if (endpoint == null) {
      return 0;
    }
    revision.release(endpoint, RequestHold.NONE);
    counters.request(target.metricsId(), 200);
    return 1;
  }

  private int serveAll(int rounds) {
    int served = 0;
    for (int i = 0; i < rounds; i++) {
      served += serve(requests[i % requests.length]);
    }
    return served;
  }

  @Test
  void aRequestAllocatesNothing() {
    fill();
    assertThat(serveAll(ROUNDS)).isEqualTo(ROUNDS / 5 * 4);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    // The least of a few, since the JVM itself may charge the thread while it compiles.
    for (int attempt = 0; attempt < 5; attempt++) {
      long empty = threads.getThreadAllocatedBytes(thread);
      empty = threads.getThreadAllocatedBytes(thread) - empty;
      long before = threads.getThreadAllocatedBytes(thread);
      int served = serveAll(ROUNDS);
      long allocated = threads.getThreadAllocatedBytes(thread) - before - empty;
      assertThat(served).isEqualTo(ROUNDS / 5 * 4);
      least = Math.min(least, allocated);
    }
    assertThat(least).as("bytes over %d requests", ROUNDS).isZero();
  }
}

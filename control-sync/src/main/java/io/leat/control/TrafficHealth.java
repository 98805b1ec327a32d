package io.leat.control;

import io.leat.control.reconcile.Observations.Health;
import io.leat.control.reconcile.RevisionTraffic;
import io.leat.control.reconcile.RevisionTraffic.Counts;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.LoopDurations;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What revisions did since somebody first asked, one window for each pair of route and revision.
 *
 * <p>Confined to the control thread.
 */
final class TrafficHealth {
  private final RevisionTraffic traffic;
  private final Ticker ticker;
  private final Map<Pair, Window> windows = new HashMap<>();

  private record Pair(String route, RevisionId revision) {}

  private record Window(String name, long since, Counts base) {}

  TrafficHealth(RevisionTraffic traffic, Ticker ticker) {
    this.traffic = traffic;
    this.ticker = ticker;
  }

  /** The health since {@code window} was first named; another name begins another window. */
  Health of(String route, RevisionId revision, String window) {
    Counts counts = traffic.counts(route, revision);
    Pair pair = new Pair(route, revision);
    Window open = windows.get(pair);
    // Counts that shrank are those of a row that was given to this pair anew.
    if (open == null || !open.name().equals(window) || counts.requests() < open.base().requests()) {
      open = new Window(window, ticker.nanos(), counts);
      windows.put(pair, open);
    }
    Counts base = open.base();
    return new Health(
        Duration.ofNanos(ticker.nanos() - open.since()),
        counts.requests() - base.requests(),
        counts.errors() - base.errors(),
        p99(counts.durations(), base.durations()));
  }

  void forget(RevisionId revision) {
    windows.keySet().removeIf(pair -> pair.revision().equals(revision));
  }

  /** As {@code histogram_quantile} of Prometheus: linear between the bounds of a bucket. */
  private static @Nullable Duration p99(List<Long> now, List<Long> base) {
    long total = 0;
    long[] buckets = new long[Math.min(now.size(), LoopDurations.BUCKETS)];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = now.get(i) - (i < base.size() ? base.get(i) : 0);
      total += buckets[i];
    }
    if (total == 0) {
      return null;
    }
    double[] bounds = LoopDurations.bounds();
    double rank = total * 0.99;
    long below = 0;
    int bucket = 0;
    while (bucket < bounds.length - 1 && below + buckets[bucket] < rank) {
      below += buckets[bucket];
      bucket++;
    }
    double low = bucket == 0 ? 0 : bounds[bucket - 1];
    double high = bucket == bounds.length - 1 ? low : bounds[bucket];
    double seconds = low + (high - low) * (rank - below) / Math.max(1, buckets[bucket]);
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}

package io.leat.proxy.routing;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import io.leat.proxy.telemetry.MetricRows;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds one live host at a time and owns what hosts take from shared stores: cursors of splits,
 * rows of counters, and buckets of rate limits.
 *
 * <p>Confined to the control thread.
 */
final class HostBuilder {
  private final MetricRows rows;
  private final Cursors cursors;
  private final RateLimits rateLimits = new RateLimits();

  // A route has an entry under several hosts that follow each other: they share its targets.
  private @Nullable RouteEntry lastEntry;
  private LiveTarget[] last = {};

  HostBuilder(MetricRows rows, Cursors cursors) {
    this.rows = rows;
    this.cursors = cursors;
  }

  /**
   * The live form of {@code shape}; splits go on at the cursors that {@code previous} had for the
   * same match. The caller owes {@link #abandon} for {@code previous} afterwards.
   */
  LiveHost build(
      VirtualHost shape,
      @Nullable LiveHost previous,
      ShardedMap<RevisionId, LiveRevision> revisions) {
    @Nullable Map<RouteMatch, Cursors.Row> moving = previous == null ? null : cursorsOf(previous);
    List<LiveEntry> entries = new ArrayList<>(shape.entries().size());
    for (RouteEntry entry : shape.entries()) {
      LivePolicy policy = LivePolicy.of(entry, rateLimits.acquire(entry), mirror(entry, revisions));
      LiveAction action =
          switch (entry.action()) {
            case RouteAction.Split(TrafficSplit split) ->
                new LiveSplit(
                    split,
                    targets(entry, policy, split, revisions),
                    split.period() == 1
                        ? null
                        : cursors(moving == null ? null : moving.remove(entry.match()), split));
            case RouteAction.Redirect redirect -> new LiveAction.Redirect(redirect);
            case RouteAction.Respond respond -> new LiveAction.Respond(respond);
            case RouteAction.FanOut fanOut -> new LiveAction.FanOut(fanOut.channel());
          };
      entries.add(LiveEntry.of(entry, action, policy));
    }
    if (moving != null) {
      moving.values().forEach(cursors::giveBack);
    }
    return new LiveHost(shape, entries);
  }

  /** Gives back the counters and rate limits of a host that was replaced or removed. */
  void abandon(LiveHost host) {
    for (LiveEntry entry : host.entries()) {
      rateLimits.release(entry.entry());
      if (entry.action() instanceof LiveSplit split) {
        for (int i = 0; i < split.split().targets().size(); i++) {
          rows.release(split.target(i).metricsId());
        }
      }
    }
  }

  /** Gives back the cursors of a host that was removed. */
  void abandonCursors(LiveHost host) {
    for (LiveEntry entry : host.entries()) {
      if (entry.action() instanceof LiveSplit split && split.cursors() != null) {
        cursors.giveBack(split.cursors());
      }
    }
  }

  private Map<RouteMatch, Cursors.Row> cursorsOf(LiveHost host) {
    Map<RouteMatch, Cursors.Row> all = new HashMap<>();
    for (LiveEntry entry : host.entries()) {
      if (entry.action() instanceof LiveSplit split && split.cursors() != null) {
        Cursors.Row twin = all.put(entry.entry().match(), split.cursors());
        if (twin != null) {
          cursors.giveBack(twin);
        }
      }
    }
    return all;
  }

  private Cursors.Row cursors(Cursors.@Nullable Row previous, TrafficSplit split) {
    return previous == null ? cursors.take(split.period()) : previous;
  }

  private LiveTarget[] targets(
      RouteEntry entry,
      LivePolicy policy,
      TrafficSplit split,
      ShardedMap<RevisionId, LiveRevision> revisions) {
    LiveTarget[] known = last;
    if (entry.equals(lastEntry) && policy == LivePolicy.NONE && isCurrent(known, revisions)) {
      for (LiveTarget target : known) {
        rows.acquireAgain(target.metricsId());
      }
      return known;
    }
    LiveTarget[] targets = new LiveTarget[split.targets().size()];
    for (int i = 0; i < targets.length; i++) {
      WeightedTarget target = split.targets().get(i);
      LiveRevision revision = Objects.requireNonNull(revisions.get(target.revision()));
      RevisionLimits limits = revision.shape().limits().withTimeoutAtMost(entry.policy().timeout());
      int row = rows.acquire(entry.route(), target.revision());
      targets[i] = new LiveTarget(i, revision, setHeaders(entry, target), row, limits, policy);
    }
    lastEntry = entry;
    last = targets;
    return targets;
  }

  // The same object or another one: equal revisions have counters of their own.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isCurrent(
      LiveTarget[] targets, ShardedMap<RevisionId, LiveRevision> revisions) {
    for (LiveTarget target : targets) {
      if (revisions.get(target.revision().shape().id()) != target.revision()) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable LiveMirror mirror(
      RouteEntry entry, ShardedMap<RevisionId, LiveRevision> revisions) {
    Mirror mirror = entry.policy().mirror();
    if (mirror == null) {
      return null;
    }
    LiveRevision revision = Objects.requireNonNull(revisions.get(mirror.revision()));
    RevisionLimits limits = revision.shape().limits().withTimeoutAtMost(entry.policy().timeout());
    byte[][] headers = encoded(entry.setHeaders());
    LiveTarget target =
        new LiveTarget(0, revision, headers, LiveMirror.NO_ROW, limits, LivePolicy.NONE);
    return new LiveMirror(target, mirror.percent());
  }

  private static byte[][] setHeaders(RouteEntry entry, WeightedTarget target) {
    if (entry.setHeaders().isEmpty() && target.setHeaders().isEmpty()) {
      return LiveEntry.NO_HEADERS;
    }
    Map<String, String> merged = new TreeMap<>(entry.setHeaders());
    merged.putAll(target.setHeaders());
    return encoded(merged);
  }

  private static byte[][] encoded(Map<String, String> merged) {
    if (merged.isEmpty()) {
      return LiveEntry.NO_HEADERS;
    }
    byte[][] headers = new byte[merged.size() * 2][];
    int at = 0;
    for (Map.Entry<String, String> header : merged.entrySet()) {
      headers[at++] = header.getKey().getBytes(StandardCharsets.ISO_8859_1);
      headers[at++] = header.getValue().getBytes(StandardCharsets.ISO_8859_1);
    }
    return headers;
  }
}

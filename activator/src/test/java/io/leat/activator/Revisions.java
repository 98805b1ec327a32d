package io.leat.activator;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes live revisions in the states that tests need. */
public final class Revisions {
  /** The revision of most tests. */
  public static final RevisionId SHOP = new RevisionId("default", "shop-00001");

  private Revisions() {}

  /** One that sleeps. */
  public static LiveRevision dormant(
      RevisionId id, int concurrency, @Nullable LiveRevision previous) {
    return live(id, concurrency, new Reachability.Dormant(), previous);
  }

  /** One with {@code endpoints} ready endpoints. */
  public static LiveRevision serving(
      RevisionId id, int concurrency, int endpoints, @Nullable LiveRevision previous) {
    List<Endpoint> list =
        IntStream.range(0, endpoints).mapToObj(i -> Endpoint.http1("127.0.0.1", 9000 + i)).toList();
    return live(id, concurrency, new Reachability.Serving(list), previous);
  }

  /** One that cannot serve. */
  public static LiveRevision unavailable(RevisionId id, @Nullable LiveRevision previous) {
    return live(id, 0, new Reachability.Unavailable("no image"), previous);
  }

  private static LiveRevision live(
      RevisionId id, int concurrency, Reachability reachability, @Nullable LiveRevision previous) {
    RevisionLimits limits = RevisionLimits.DEFAULT.withContainerConcurrency(concurrency);
    return LiveRevision.of(new RevisionEndpoints(id, limits, reachability), previous);
  }
}

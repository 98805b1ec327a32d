package io.leat.activator.hold;

import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionId;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The waiting requests of every revision, within the bounds of the process.
 *
 * <p>A revision gets its {@link RevisionHold} with the first request that has to wait and loses it
 * when it leaves the table, so a revision that never waits costs nothing. Any thread calls {@link
 * #hold}, {@link #cancel} and {@link #capacityFreed}; the control thread alone calls {@link
 * #revisionsChanged} and {@link #drain}.
 */
public final class RevisionHolds implements RequestHold {
  /**
   * Requests in flight per endpoint at the start of the release of a backlog without a concurrency
   * limit: few enough for the shortest accept queues in use.
   */
  public static final int DEFAULT_PACED_CONCURRENCY = 4;

  private final HoldLimits limits;
  private final int pacedConcurrency;
  private final HoldPorts ports;
  private final HoldBudget total;
  private final Map<RevisionId, RevisionHold> holds = new ConcurrentHashMap<>();
  private volatile Table table = new Table(0, null);
  private volatile @Nullable Rejection stopping;

  /**
   * Nothing waits yet.
   *
   * @param pacedConcurrency requests in flight per endpoint up to which a backlog is released where
   *     the revision sets no limit; 1 or more
   */
  public RevisionHolds(HoldLimits limits, int pacedConcurrency, HoldPorts ports) {
    if (pacedConcurrency < 1) {
      throw new IllegalArgumentException(
          "pacedConcurrency: " + pacedConcurrency + " (expected: 1 or more)");
    }
    this.limits = limits;
    this.pacedConcurrency = pacedConcurrency;
    this.ports = ports;
    this.total = new HoldBudget(new AtomicInteger(), limits.totalRequests(), limits.totalBytes());
  }

  /**
   * The revisions of one table version.
   *
   * <p>Holds remember the number and not the table, so that an idle hold keeps no old router alive.
   *
   * @param number 0 before the first table
   */
  record Table(long number, @Nullable Function<RevisionId, @Nullable LiveRevision> revisions) {
    @Nullable LiveRevision revision(RevisionId id) {
      return revisions == null ? null : revisions.apply(id);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A request is owned by the thread that calls this until then, and by one later {@link
   * #cancel} from the same thread. It may be held again after it was granted or refused, but not
   * after it was cancelled: its place may be vacated a moment later by another thread.
   */
  @Override
  public void hold(LiveRevision revision, HeldRequest request) {
    Rejection stop = stopping;
    if (stop != null) {
      request.refused(stop);
      return;
    }
    RevisionHold hold = holds.get(revision.id());
    if (hold == null) {
      hold = open(revision);
    }
    if (hold == null) {
      request.refused(Rejection.REVISION_UNAVAILABLE);
    } else {
      hold.enqueue(request);
    }
  }

  private @Nullable RevisionHold open(LiveRevision asked) {
    Table now = table;
    LiveRevision revision = now.number() == 0 ? asked : now.revision(asked.id());
    if (revision == null || revision.shape().reachability() instanceof Reachability.Unavailable) {
      return null;
    }
    RevisionHold opened = new RevisionHold(this, revision, now.number());
    RevisionHold earlier = holds.putIfAbsent(asked.id(), opened);
    // Enter the map, then read the table (in the first pass); the control thread publishes the
    // table, then reads the map. With a fence in between on both sides, one of them sees the other.
    VarHandle.fullFence();
    return earlier == null ? opened : earlier;
  }

  @Override
  public void cancel(HeldRequest request) {
    if (request.queue instanceof RevisionHold hold) {
      hold.cancel(request);
    }
  }

  @Override
  public void capacityFreed(LiveRevision revision) {
    RevisionHold hold = holds.get(revision.id());
    if (hold != null) {
      hold.freed();
    }
  }

  @Override
  public void answered(LiveRevision revision) {
    ports.observer().answered(revision.id());
  }

  /**
   * Another table is live: releases what got endpoints and refuses what became unavailable or left.
   * Control thread only, after the swap.
   *
   * @param revisions finds the live form of a revision, null when the table does not name it
   * @param changed the revisions that differ from the last call, removed ones included
   */
  public void revisionsChanged(
      Function<RevisionId, @Nullable LiveRevision> revisions, Set<RevisionId> changed) {
    table = new Table(table.number() + 1, revisions);
    VarHandle.fullFence();
    for (RevisionId id : changed) {
      RevisionHold hold = holds.get(id);
      if (hold != null) {
        hold.poke();
      }
    }
  }

  /** Refuses everything that waits, and from now on everything that would; for good. */
  public void drain(Rejection reason) {
    stopping = reason;
    VarHandle.fullFence();
    holds.values().forEach(RevisionHold::poke);
  }

  /** What waits now; any thread. */
  public HoldSnapshot snapshot() {
    Map<RevisionId, Integer> waiting = new HashMap<>();
    holds.forEach((id, hold) -> waiting.put(id, hold.waiting()));
    return new HoldSnapshot(total.requests(), total.bytes(), waiting);
  }

  HoldLimits limits() {
    return limits;
  }

  int pacedConcurrency() {
    return pacedConcurrency;
  }

  HoldPorts ports() {
    return ports;
  }

  HoldBudget total() {
    return total;
  }

  Table table() {
    return table;
  }

  @Nullable Rejection stopping() {
    return stopping;
  }

  void forget(RevisionHold hold) {
    holds.remove(hold.id(), hold);
  }
}

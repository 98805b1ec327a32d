package io.leat.proxy.balance;

import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One revision as one router sees it: an immutable shape over live endpoints.
 *
 * <p>Built by the control thread when the revision changes, from the previous one, so that counts
 * carry over; read by any event loop. {@link #acquire} is power of two choices over in-flight
 * counts (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing") and falls back to
 * a scan only when both choices are full or ejected.
 */
public final class LiveRevision {
  private static final LiveEndpoint[] NONE = {};

  private final RevisionEndpoints shape;
  private final RevisionActivity activity;
  private final LiveEndpoint[] ready;
  private final Map<String, LiveEndpoint> remembered;

  private LiveRevision(
      RevisionEndpoints shape,
      RevisionActivity activity,
      LiveEndpoint[] ready,
      Map<String, LiveEndpoint> remembered) {
    this.shape = shape;
    this.activity = activity;
    this.ready = ready;
    this.remembered = remembered;
  }

  /** The live form of {@code shape}, with the counts of {@code previous} where endpoints stay. */
  public static LiveRevision of(RevisionEndpoints shape, @Nullable LiveRevision previous) {
    RevisionActivity activity = previous == null ? new RevisionActivity() : previous.activity;
    Map<String, LiveEndpoint> known = previous == null ? Map.of() : previous.remembered;
    Map<String, LiveEndpoint> serving = new TreeMap<>();
    List<LiveEndpoint> ready = new ArrayList<>();
    for (Endpoint endpoint : endpoints(shape)) {
      String address = endpoint.address();
      if (serving.containsKey(address)) {
        continue;
      }
      LiveEndpoint live = known.get(address);
      if (live == null || live.endpoint().protocol() != endpoint.protocol()) {
        live = new LiveEndpoint(endpoint);
      }
      serving.put(address, live);
      if (endpoint.state() == Endpoint.State.READY) {
        ready.add(live);
      }
    }
    Map<String, LiveEndpoint> remembered = new TreeMap<>(serving);
    if (previous != null) {
      previous.addLeaving(remembered);
    }
    return new LiveRevision(shape, activity, ready.toArray(NONE), remembered);
  }

  private static List<Endpoint> endpoints(RevisionEndpoints shape) {
    return shape.reachability() instanceof Reachability.Serving serving
        ? serving.endpoints()
        : List.of();
  }

  /**
   * Adds those that have requests in flight, and those that served until now: a reader of the
   * router before may take a slot there for as long as it holds that router.
   */
  private void addLeaving(Map<String, LiveEndpoint> remembering) {
    Set<String> served = new HashSet<>();
    for (Endpoint endpoint : endpoints(shape)) {
      served.add(endpoint.address());
    }
    remembered.forEach((address, endpoint) -> {
      if (endpoint.inFlight() > 0 || served.contains(address)) {
        remembering.putIfAbsent(address, endpoint);
      }
    });
  }

  /** Which revision. */
  public RevisionId id() {
    return shape.id();
  }

  /** Its limits and reachability at this version. */
  public RevisionEndpoints shape() {
    return shape;
  }

  /** Its life-long counters. */
  public RevisionActivity activity() {
    return activity;
  }

  /** How many endpoints take new requests. */
  public int readyEndpoints() {
    return ready.length;
  }

  /** The ready endpoint {@code index}, 0 to {@link #readyEndpoints()} - 1. */
  public LiveEndpoint readyEndpoint(int index) {
    return ready[index];
  }

  /**
   * Takes a slot at the better of two random endpoints, under the revision's concurrency limit.
   *
   * @return null when no endpoint is ready or all are full; else the caller owes {@link #release}
   */
  public @Nullable LiveEndpoint acquire(Draw draw) {
    return acquire(draw, shape.limits().containerConcurrency());
  }

  /** As {@link #acquire(Draw)} under a limit of the caller's; 0 for none. */
  public @Nullable LiveEndpoint acquire(Draw draw, int limit) {
    LiveEndpoint chosen = choose(draw, limit);
    if (chosen != null) {
      activity.inFlight().incrementAndGet();
    }
    return chosen;
  }

  private @Nullable LiveEndpoint choose(Draw draw, int limit) {
    int n = ready.length;
    if (n == 0) {
      return null;
    }
    if (n == 1) {
      return ready[0].tryAcquire(limit) ? ready[0] : null;
    }
    int first = draw.below(n);
    int second = draw.below(n - 1);
    second = second >= first ? second + 1 : second;
    LiveEndpoint one = ready[first];
    LiveEndpoint two = ready[second];
    boolean oneIsBetter = one.inFlight() <= two.inFlight();
    LiveEndpoint better = (oneIsBetter && !one.ejected()) || two.ejected() ? one : two;
    if (!better.ejected() && better.tryAcquire(limit)) {
      return better;
    }
    return scan(draw, first, limit);
  }

  /** Any of those with fewest requests, each as likely as the others; ejected ones last. */
  private @Nullable LiveEndpoint scan(Draw draw, int first, int limit) {
    LiveEndpoint least = null;
    int fewest = limit == 0 ? Integer.MAX_VALUE : limit;
    int alike = 0;
    boolean allEjected = true;
    for (LiveEndpoint each : ready) {
      if (!each.ejected()) {
        allEjected = false;
        int inFlight = each.inFlight();
        if (inFlight < fewest) {
          fewest = inFlight;
          least = each;
          alike = 1;
        } else if (least != null && inFlight == fewest && draw.below(++alike) == 0) {
          least = each;
        }
      }
    }
    if (allEjected) {
      // The table took away those that were well: a doubtful endpoint is better than none.
      return scanAll(null, first, limit);
    }
    if (least != null && least.tryAcquire(limit)) {
      return least;
    }
    // The counts above were read without an order. To find every slot taken is a reason to wait,
    // and
    // whoever waits is woken only for a slot that comes back after an ordered look at its endpoint.
    for (LiveEndpoint each : ready) {
      if (!each.ejected() && each.tryAcquire(limit)) {
        return each;
      }
    }
    return null;
  }

  private @Nullable LiveEndpoint scanAll(@Nullable LiveEndpoint except, int first, int limit) {
    int n = ready.length;
    for (int i = 0; i < n; i++) {
      LiveEndpoint each = ready[first + i < n ? first + i : first + i - n];
      if (each != except && each.tryAcquire(limit)) {
        return each;
      }
    }
    return null;
  }

  /**
   * Takes a slot at another endpoint than one that failed: at an ejected one only when no other has
   * room, because whoever failed last is the less likely to be well.
   *
   * @param limit requests in flight at most; 0 for no limit
   * @return null when there is none; else the caller owes {@link #release}
   */
  public @Nullable LiveEndpoint acquireOther(LiveEndpoint failed, Draw draw, int limit) {
    int n = ready.length;
    if (n == 0) {
      return null;
    }
    int first = draw.below(n);
    for (int i = 0; i < n; i++) {
      LiveEndpoint each = ready[first + i < n ? first + i : first + i - n];
      if (each != failed && !each.ejected() && each.tryAcquire(limit)) {
        activity.inFlight().incrementAndGet();
        return each;
      }
    }
    LiveEndpoint doubtful = scanAll(failed, first, limit);
    if (doubtful != null) {
      activity.inFlight().incrementAndGet();
    }
    return doubtful;
  }

  /** Gives back a slot that {@link #acquire} took, and wakes the hold when requests wait. */
  public void release(LiveEndpoint endpoint, RequestHold hold) {
    endpoint.release();
    activity.inFlight().decrementAndGet();
    if (activity.waiting().get() > 0) {
      hold.capacityFreed(this);
    }
  }
}

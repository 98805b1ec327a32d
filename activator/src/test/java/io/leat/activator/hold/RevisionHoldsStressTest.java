package io.leat.activator.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.activator.Revisions;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many event loops on one revision: nobody is lost, served twice, or served above the limit.
 *
 * <p>Timers never ring here and the loops come to rest together after every few requests, because a
 * reminder or the next request would hide a lost wake-up.
 */
@Timeout(300)
class RevisionHoldsStressTest {
  private static final int LOOPS = 4;
  private static final int BATCH = 500;
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final ExecutorService loops = Executors.newFixedThreadPool(LOOPS + 1);
  private final Map<LiveEndpoint, AtomicInteger> running = new ConcurrentHashMap<>();
  private final AtomicInteger atRest = new AtomicInteger();
  private final AtomicInteger tooMany = new AtomicInteger();
  private final AtomicInteger overtaken = new AtomicInteger();
  private final Queue<Loop> started = new ConcurrentLinkedQueue<>();
  private volatile @Nullable LiveRevision current;

  @AfterEach
  void stop() {
    loops.shutdownNow();
  }

  /** What one event loop owns: its requests and the grants that came for them. */
  private static final class Loop {
    final Queue<Call> granted = new ConcurrentLinkedQueue<>();
    final List<Call> waiting = new ArrayList<>();
    final List<Call> inFlight = new ArrayList<>();
    final AtomicInteger last = new AtomicInteger(-1);
  }

  private final class Call extends HeldRequest {
    final Loop loop;
    final int number;
    final int concurrency;
    final AtomicInteger outcomes = new AtomicInteger();
    boolean cancelled;
    @Nullable LiveRevision revision;
    @Nullable LiveEndpoint endpoint;

    Call(Loop loop, int number, int concurrency) {
      this.loop = loop;
      this.number = number;
      this.concurrency = concurrency;
      this.arrivedNanos = System.nanoTime();
      this.heldBytes = 1 + number % 7;
    }

    @Override
    public void granted(LiveRevision revision, LiveEndpoint endpoint) {
      if (loop.last.getAndSet(number) > number) {
        overtaken.incrementAndGet();
      }
      begin(revision, endpoint);
      loop.granted.add(this);
    }

    void begin(LiveRevision took, LiveEndpoint slot) {
      outcomes.incrementAndGet();
      this.revision = took;
      this.endpoint = slot;
      int now = running.computeIfAbsent(slot, e -> new AtomicInteger()).incrementAndGet();
      if (now > concurrency) {
        tooMany.incrementAndGet();
      }
    }

    @Override
    public void refused(Rejection rejection) {
      throw new AssertionError("refused: " + rejection);
    }

    void finish(RevisionHolds holds) {
      LiveRevision took = revision;
      LiveEndpoint slot = endpoint;
      if (took == null || slot == null) {
        throw new AssertionError("granted without an endpoint");
      }
      AtomicInteger here = running.get(slot);
      if (here == null) {
        throw new AssertionError("never began");
      }
      here.decrementAndGet();
      took.release(slot, holds);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,false", "2,1,false", "3,2,true", "1,3,true"})
  void everyRequestGetsExactlyOneOutcome(int concurrency, int endpoints, boolean swaps)
      throws Exception {
    long seed = System.nanoTime();
    System.out.println("RevisionHoldsStressTest seed " + seed + " cc " + concurrency);
    int perLoop = 200_000 / LOOPS;
    AtomicLong seeds = new AtomicLong(seed);
    HoldPorts ports =
        new HoldPorts(
            (nanos, task) -> () -> {},
            Ticker.system(),
            () -> Draw.xorshift(seeds.incrementAndGet()),
            id -> {},
            HoldObserver.NONE);
    HoldLimits limits =
        new HoldLimits(1 << 20, 1L << 40, 1 << 20, 1L << 40, Duration.ofMinutes(10));
    RevisionHolds holds = new RevisionHolds(limits, 100, ports);
    LiveRevision first = Revisions.serving(Revisions.SHOP, concurrency, endpoints, null);
    publish(holds, first);

    List<Future<List<Call>>> results = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    AtomicInteger busy = new AtomicInteger(LOOPS);
    for (int i = 0; i < LOOPS; i++) {
      long own = seed + i;
      results.add(loops.submit(() -> runLoop(holds, new Random(own), perLoop, concurrency, busy)));
    }
    Future<?> control =
        loops.submit(() -> {
          if (swaps) {
            swapTables(holds, concurrency, endpoints, busy);
          }
        });

    for (Future<List<Call>> result : results) {
      calls.addAll(result.get(100, TimeUnit.SECONDS));
    }
    control.get(60, TimeUnit.SECONDS);
    // A cancelled request may still be granted by a pass that runs on another loop at the end.
    await()
        .until(() -> {
          started.forEach(loop -> settle(holds, loop, new Random(seed), 0));
          return first.activity().waiting().get() == 0 && first.activity().inFlight().get() == 0;
        });
    for (Call call : calls) {
      int outcomes = call.outcomes.get();
      if (call.cancelled ? outcomes > 1 : outcomes != 1) {
        throw new AssertionError("call " + call.number + " has " + outcomes + " outcomes");
      }
      if (call.queue != null || call.previous != null || call.next != null) {
        throw new AssertionError("call " + call.number + " is still linked");
      }
    }
    assertThat(calls).hasSize(200_000);
    assertThat(tooMany).hasValue(0);
    assertThat(overtaken).hasValue(0);
    assertThat(first.activity().waiting()).hasValue(0);
    assertThat(first.activity().inFlight()).hasValue(0);
    assertThat(holds.snapshot()).isEqualTo(new HoldSnapshot(0, 0, Map.of(Revisions.SHOP, 0)));
    assertThat(running.values()).allSatisfy(left -> assertThat(left).hasValue(0));
  }

  private void publish(RevisionHolds holds, LiveRevision revision) {
    current = revision;
    holds.revisionsChanged(id -> revision, Set.of(Revisions.SHOP));
  }

  /** Lets the revision fall asleep and come back while requests run and wait. */
  private void swapTables(RevisionHolds holds, int concurrency, int endpoints, AtomicInteger busy) {
    LiveRevision live = current;
    Random random = new Random(3);
    while (busy.get() > 0) {
      int up = random.nextInt(endpoints + 1);
      live =
          up == 0
              ? Revisions.dormant(Revisions.SHOP, concurrency, live)
              : Revisions.serving(Revisions.SHOP, concurrency, up, live);
      publish(holds, live);
      live = Revisions.serving(Revisions.SHOP, concurrency, endpoints, live);
      publish(holds, live);
    }
  }

  private List<Call> runLoop(
      RevisionHolds holds, Random random, int count, int concurrency, AtomicInteger busy) {
    Loop loop = new Loop();
    started.add(loop);
    List<Call> calls = new ArrayList<>(count);
    try {
      for (int i = 0; i < count; i++) {
        Call call = new Call(loop, i, concurrency);
        calls.add(call);
        arrive(holds, call, random);
        settle(holds, loop, random, 8);
        if ((i + 1) % BATCH == 0) {
          rest(holds, loop, random, calls.subList(i + 1 - BATCH, i + 1));
        }
      }
    } finally {
      busy.decrementAndGet();
    }
    return calls;
  }

  /** Finishes a batch and waits for the other loops to finish theirs. */
  private void rest(RevisionHolds holds, Loop loop, Random random, List<Call> batch) {
    long begun = System.nanoTime();
    boolean settled = false;
    int all = 0;
    while (!settled || atRest.get() < all) {
      settle(holds, loop, random, 0);
      if (!settled && !unsettled(batch)) {
        settled = true;
        all = (atRest.getAndIncrement() / LOOPS + 1) * LOOPS;
      }
      if (System.nanoTime() - begun > STUCK_NANOS) {
        throw new AssertionError("stuck: " + holds.snapshot());
      }
      LockSupport.parkNanos(10_000);
    }
  }

  private void arrive(RevisionHolds holds, Call call, Random random) {
    LiveRevision revision = current;
    if (revision == null) {
      throw new AssertionError("no table");
    }
    revision.activity().arrived().increment();
    if (revision.activity().waiting().get() == 0) {
      LiveEndpoint endpoint = revision.acquire(random::nextInt);
      if (endpoint != null) {
        call.begin(revision, endpoint);
        call.loop.inFlight.add(call);
        return;
      }
    }
    holds.hold(revision, call);
    if (random.nextInt(5) == 0) {
      call.loop.waiting.add(call);
    }
  }

  /** Cancels some, takes what was granted, finishes until at most {@code keep} are in flight. */
  private void settle(RevisionHolds holds, Loop loop, Random random, int keep) {
    while (loop.waiting.size() > random.nextInt(4)) {
      Call left = loop.waiting.remove(random.nextInt(loop.waiting.size()));
      left.cancelled = true;
      holds.cancel(left);
    }
    for (Call call = loop.granted.poll(); call != null; call = loop.granted.poll()) {
      loop.inFlight.add(call);
    }
    while (loop.inFlight.size() > random.nextInt(keep + 1)) {
      loop.inFlight.remove(random.nextInt(loop.inFlight.size())).finish(holds);
    }
  }

  private boolean unsettled(List<Call> calls) {
    for (int i = calls.size() - 1; i >= 0; i--) {
      Call call = calls.get(i);
      if (call.outcomes.get() == 0 && !call.cancelled) {
        return true;
      }
    }
    return false;
  }
}

package io.leat.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Four threads take and give back slots while the shape of the revision changes under them. */
class CapacityStressTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 100_000;
  private static final int SHAPES = 50;
  private static final int ENDPOINTS = 3;
  private static final int LIMIT = 2;
  private static final int FIRST_PORT = 1_000;

  private final AtomicIntegerArray holders = new AtomicIntegerArray(ENDPOINTS);
  private final AtomicIntegerArray rounds = new AtomicIntegerArray(THREADS);
  private final AtomicBoolean shapesDone = new AtomicBoolean();
  private final AtomicReference<LiveRevision> current =
      new AtomicReference<>(LiveRevision.of(shape(7), null));

  /** The endpoints whose bit is set. */
  private static RevisionEndpoints shape(int bits) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < ENDPOINTS; i++) {
      if ((bits >> i & 1) != 0) {
        endpoints.add(Endpoint.http1("127.0.0.1", FIRST_PORT + i));
      }
    }
    return new RevisionEndpoints(
        new RevisionId("default", "r1"),
        RevisionLimits.DEFAULT.withContainerConcurrency(LIMIT),
        new Reachability.Serving(endpoints));
  }

  private int hammer(int thread, Draw draw) {
    int taken = 0;
    @Nullable LiveEndpoint[] mine = new LiveEndpoint[2];
    for (int i = 0; i < ROUNDS || !shapesDone.get(); i++) {
      rounds.getAndIncrement(thread);
      if (i % 256 == 0) {
        LockSupport.parkNanos(1);
      }
      int slot = i & 1;
      LiveEndpoint held = mine[slot];
      if (held != null) {
        holders.getAndDecrement(held.endpoint().port() - FIRST_PORT);
        current.get().release(held, RequestHold.NONE);
      }
      LiveEndpoint next = current.get().acquire(draw);
      mine[slot] = next;
      if (next != null) {
        taken++;
        int now = holders.incrementAndGet(next.endpoint().port() - FIRST_PORT);
        assertThat(now).as("holders of one endpoint").isLessThanOrEqualTo(LIMIT);
      }
    }
    for (LiveEndpoint held : mine) {
      if (held != null) {
        holders.getAndDecrement(held.endpoint().port() - FIRST_PORT);
        current.get().release(held, RequestHold.NONE);
      }
    }
    return taken;
  }

  /** Every thread has begun a round since: nobody is more than one shape behind. */
  private void awaitRounds() {
    for (int thread = 0; thread < THREADS; thread++) {
      int index = thread;
      int seen = rounds.get(thread);
      await().pollDelay(Duration.ZERO).until(() -> rounds.get(index) - seen >= 2);
    }
  }

  private int hammerAll(int shapes) throws Exception {
    List<Future<Integer>> threads = new ArrayList<>();
    int taken = 0;
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        threads.add(executor.submit(() -> hammer(thread, Draw.xorshift(31L * thread + 1))));
      }
      try {
        for (int i = 0; i < shapes; i++) {
          current.set(LiveRevision.of(shape(1 + i % 7), current.get()));
          awaitRounds();
        }
      } finally {
        shapesDone.set(true);
      }
      for (Future<Integer> thread : threads) {
        taken += thread.get(60, TimeUnit.SECONDS);
      }
    }
    return taken;
  }

  @Test
  void theLimitIsNeverExceededAndEverySlotComesBack() throws Exception {
    assertThat(hammerAll(0)).isGreaterThan(ROUNDS);
    allIsFree();
  }

  @Test
  void countsStayExactWhileEndpointsLeaveAndReturn() throws Exception {
    assertThat(hammerAll(SHAPES)).isGreaterThan(ROUNDS / 2);
    current.set(LiveRevision.of(shape(7), current.get()));
    allIsFree();
  }

  private void allIsFree() {
    LiveRevision revision = current.get();
    assertThat(revision.readyEndpoints()).isEqualTo(ENDPOINTS);
    for (int i = 0; i < ENDPOINTS; i++) {
      assertThat(revision.readyEndpoint(i).inFlight()).isZero();
    }
    assertThat(revision.activity().inFlight()).hasValue(0);
  }
}

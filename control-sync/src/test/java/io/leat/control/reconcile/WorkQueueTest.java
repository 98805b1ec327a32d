package io.leat.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.ManualTime;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.balance.Draw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorkQueueTest {
  private static final ResourceKey A = new ResourceKey(Kind.ROUTE, "default", "a");
  private static final ResourceKey B = new ResourceKey(Kind.ROUTE, "default", "b");

  private final ManualTime time = new ManualTime();
  private final List<Long> wakes = new ArrayList<>();
  private final WorkQueue queue =
      new WorkQueue(time, Draw.xorshift(7), time, () -> wakes.add(time.nanos()));

  @Test
  void keysWaitOnceInOrder() {
    queue.add(A);
    queue.add(B);
    queue.add(A);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.poll()).isEqualTo(A);
    assertThat(queue.poll()).isEqualTo(B);
    assertThat(queue.poll()).isNull();
  }

  @Test
  void aKeyInWorkWaitsUntilThatIsDone() {
    queue.add(A);
    assertThat(queue.poll()).isEqualTo(A);
    queue.add(A);
    assertThat(queue.poll()).isNull();
    queue.succeeded(A);
    assertThat(queue.poll()).isEqualTo(A);
    queue.succeeded(A);
    assertThat(queue.poll()).isNull();
  }

  @Test
  void failuresPauseTwiceAsLongEachTimeUpToALimit() {
    List<Double> pauses = new ArrayList<>();
    queue.add(A);
    for (int i = 0; i < 20; i++) {
      assertThat(queue.poll()).isEqualTo(A);
      long failedAt = time.nanos();
      wakes.clear();
      queue.failed(A);
      time.advance(Duration.ofSeconds(31));
      pauses.add((wakes.getFirst() - failedAt) / 1e6);
    }
    for (int i = 0; i < pauses.size(); i++) {
      double full = Math.min(5 * Math.pow(2, i), 30_000);
      assertThat(pauses.get(i)).as("pause %d", i).isBetween(full / 2, full);
    }
    assertThat(queue.poll()).isEqualTo(A);
    queue.succeeded(A);
    queue.add(A);
    assertThat(queue.poll()).isEqualTo(A);
    long failedAt = time.nanos();
    wakes.clear();
    queue.failed(A);
    time.advance(Duration.ofSeconds(1));
    assertThat((wakes.getFirst() - failedAt) / 1e6).isLessThanOrEqualTo(5);
  }

  @Test
  void ofSeveralDelaysTheEarliestCounts() {
    queue.addAfter(A, Duration.ofMillis(50));
    queue.addAfter(A, Duration.ofMillis(10));
    queue.addAfter(A, Duration.ofMillis(20));
    time.advance(Duration.ofMillis(10));
    assertThat(queue.poll()).isEqualTo(A);
    queue.succeeded(A);
    time.advance(Duration.ofMillis(100));
    assertThat(queue.poll()).isNull();
    assertThat(wakes).hasSize(1);
  }
}

package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.table.RateLimit;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rate of one route over time that the test sets. */
class TokenBucketTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static int take(TokenBucket bucket, int attempts, long now) {
    int taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += bucket.take(now) ? 1 : 0;
    }
    return taken;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5_000_000_000L, Long.MAX_VALUE - 1_500_000_000L, Long.MIN_VALUE + 1})
  void letsASecondsWorthThroughAtOnceAndThenTheRate(long start) {
    TokenBucket bucket = new TokenBucket(new RateLimit(100, Duration.ofSeconds(1)));
    assertThat(take(bucket, 1000, start)).isEqualTo(100);
    assertThat(take(bucket, 1000, start + SECOND / 2)).isEqualTo(50);
    assertThat(take(bucket, 1000, start + SECOND)).isEqualTo(50);
    assertThat(take(bucket, 1000, start + 100 * SECOND)).isEqualTo(100);
  }

  @Test
  void spreadsSlowRates() {
    TokenBucket bucket = new TokenBucket(new RateLimit(10, Duration.ofMinutes(1)));
    assertThat(take(bucket, 5, 0)).isEqualTo(1);
    assertThat(take(bucket, 5, 6 * SECOND - 1)).isZero();
    assertThat(take(bucket, 5, 6 * SECOND)).isEqualTo(1);
    assertThat(new RateLimit(600, Duration.ofMinutes(1)).burst()).isEqualTo(10);
  }

  @Test
  void countsEveryThread() throws InterruptedException {
    TokenBucket bucket = new TokenBucket(new RateLimit(1000, Duration.ofSeconds(1)));
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      Thread.startVirtualThread(() -> {
        taken.addAndGet(take(bucket, 1000, 0));
        done.countDown();
      });
    }
    done.await();
    assertThat(taken).hasValue(1000);
  }

  @Test
  void refusesLimitsThatLetNothingThrough() {
    assertThatThrownBy(() -> new RateLimit(0, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RateLimit(1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

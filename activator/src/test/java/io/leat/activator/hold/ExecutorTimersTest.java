package io.leat.activator.hold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutorTimersTest {
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, Executors.defaultThreadFactory());
  private final Timers timers = new ExecutorTimers(executor);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void runsATaskLater() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    timers.after(1_000, ran::countDown);
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aCancelledTaskNeverRuns() {
    Timers.Cancellable timer =
        timers.after(TimeUnit.HOURS.toNanos(1), () -> assertThat(timers).isNull());
    timer.cancel();
    assertThat(executor.getQueue())
        .allSatisfy(
            task -> assertThat(((java.util.concurrent.Future<?>) task).isCancelled()).isTrue());
  }
}

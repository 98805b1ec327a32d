package io.leat.control.jobs;

import io.leat.control.store.jobs.Job;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one step, on a virtual thread of its own: whatever it throws ends that thread
 * alone.
 *
 * <p>Begun and awaited by a worker; any thread may interrupt it.
 */
final class Attempt {
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable StepOutcome outcome;
  private volatile @Nullable Throwable thrown;
  private volatile boolean interrupted;

  Attempt(Job job, JobHandler handler, JobHandler.Lease lease) {
    this.thread =
        Thread.ofVirtual()
            .name("leat-job-" + job.id())
            .unstarted(() -> {
              try {
                outcome = handler.run(job, lease);
              } catch (Throwable broken) {
                // Also errors: a job that overflows its stack must not take its worker along.
                thrown = broken;
              } finally {
                over.countDown();
              }
            });
  }

  void begin() {
    thread.start();
  }

  /** Whether it is over, waiting for that at most so long. */
  boolean isOver(Duration most) throws InterruptedException {
    return over.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  void interrupt() {
    interrupted = true;
    thread.interrupt();
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /** What the step came to; null when it threw. */
  @Nullable StepOutcome outcome() {
    return outcome;
  }

  /** What the step threw, for a person. */
  String error() {
    Throwable cause = thrown;
    if (cause == null) {
      return "it came to nothing";
    }
    String message = cause.getMessage();
    String type = cause.getClass().getSimpleName();
    boolean expected = cause instanceof Exception && !(cause instanceof RuntimeException);
    if (message == null || message.isEmpty()) {
      return type;
    }
    return expected ? message : type + ": " + message;
  }

  @Nullable Throwable thrown() {
    return thrown;
  }
}

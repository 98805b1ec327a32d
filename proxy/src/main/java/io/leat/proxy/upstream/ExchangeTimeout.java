package io.leat.proxy.upstream;

import io.leat.proxy.table.RevisionLimits;
import java.time.Duration;

/** The three timeouts of a revision for one exchange, on one deadline. Used by one event loop. */
final class ExchangeTimeout {
  private final TimerWheel wheel;
  private final Deadline deadline;
  private RevisionLimits limits = RevisionLimits.DEFAULT;
  private long arrived;
  private long lastProgress;

  ExchangeTimeout(TimerWheel wheel, Expiring owner) {
    this.wheel = wheel;
    this.deadline = new Deadline(owner);
  }

  void start(long arrivedNanos, RevisionLimits revisionLimits) {
    arrived = arrivedNanos;
    limits = revisionLimits;
    long wait = Math.min(nanos(limits.timeout()), nanos(limits.responseStartTimeout()));
    arm(arrivedNanos, wait);
  }

  /** The answer began: from now on the whole time and the gaps count. */
  void answering(long nowNanos) {
    lastProgress = nowNanos;
    armAnswering(nowNanos);
  }

  void progress(long nowNanos) {
    lastProgress = nowNanos;
  }

  /** Whether the answer took too long; when not, waits on. */
  boolean overdue(long nowNanos) {
    if (nowNanos - arrived >= nanos(limits.timeout())
        || nowNanos - lastProgress >= nanos(limits.idleTimeout())) {
      return true;
    }
    armAnswering(nowNanos);
    return false;
  }

  void stop() {
    wheel.disarm(deadline);
  }

  /** The client is gone: the wheel must not keep its connection until the slot comes round. */
  void forget() {
    wheel.remove(deadline);
  }

  private void armAnswering(long nowNanos) {
    long left = nanos(limits.timeout());
    left = left == Long.MAX_VALUE ? left : left - (nowNanos - arrived);
    long gap = nanos(limits.idleTimeout());
    gap = gap == Long.MAX_VALUE ? gap : gap - (nowNanos - lastProgress);
    arm(nowNanos, Math.min(left, gap));
  }

  private void arm(long from, long wait) {
    if (wait == Long.MAX_VALUE) {
      wheel.disarm(deadline);
    } else {
      wheel.arm(deadline, from + wait);
    }
  }

  private static long nanos(Duration duration) {
    return duration.isZero() ? Long.MAX_VALUE : duration.toNanos();
  }
}

package io.leat.proxy.upstream;

import io.leat.proxy.table.RevisionLimits;
import java.time.Duration;

/**
 * The three timeouts of a revision for one exchange, on one deadline, which it is itself: one
 * object less per connection. Used by one event loop.
 */
final class ExchangeTimeout extends Deadline {
  private final TimerWheel wheel;
  private RevisionLimits limits = RevisionLimits.DEFAULT;
  private long arrived;
  private long lastProgress;

  ExchangeTimeout(TimerWheel wheel, Expiring owner) {
    super(owner);
    this.wheel = wheel;
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
    wheel.disarm(this);
  }

  /** The client is gone: the wheel must not keep its connection until the slot comes round. */
  void forget() {
    wheel.remove(this);
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
      wheel.disarm(this);
    } else {
      wheel.arm(this, from + wait);
    }
  }

  private static long nanos(Duration duration) {
    return duration.isZero() ? Long.MAX_VALUE : duration.toNanos();
  }
}

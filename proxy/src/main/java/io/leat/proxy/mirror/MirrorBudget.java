package io.leat.proxy.mirror;

import io.leat.proxy.config.MirrorLimits;
import java.util.concurrent.atomic.AtomicInteger;

/** How many mirrored requests run in the process, within its limit. Any event loop. */
public final class MirrorBudget {
  private final MirrorLimits limits;
  private final AtomicInteger running = new AtomicInteger();

  /** Nothing runs. */
  public MirrorBudget(MirrorLimits limits) {
    this.limits = limits;
  }

  /** Mirrored requests that run now. */
  public int running() {
    return running.get();
  }

  boolean tryStart() {
    if (running.incrementAndGet() <= limits.requests()) {
      return true;
    }
    running.decrementAndGet();
    return false;
  }

  void ended() {
    running.decrementAndGet();
  }

  long bytes() {
    return limits.bytes();
  }
}

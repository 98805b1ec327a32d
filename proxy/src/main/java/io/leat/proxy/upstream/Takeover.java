package io.leat.proxy.upstream;

import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.telemetry.TakeoverOutcome;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's question for an idle connection of another, for a request that would else open
 * one above the limit of its endpoint.
 *
 * <p>The giving loop takes the connection out of its pool and deregisters the channel; the asking
 * loop registers it and goes on. Nothing else happens to the connection in between: bytes and a
 * close wait in the kernel. Whatever fails, and whatever takes too long, ends with a new
 * connection; one that comes too late waits in the pool of the asking loop.
 *
 * <p>{@link #give} and {@link #left} run on the giving loop, everything else on the asking one.
 */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class Takeover implements Expiring {
  private static final long PATIENCE_NANOS = Duration.ofMillis(100).toNanos();

  private final LoopContext asking;
  private final Upstreams giving;
  private final LiveEndpoint endpoint;
  private final Deadline deadline = new Deadline(this);
  private @Nullable Exchange waiting;

  Takeover(LoopContext asking, Upstreams giving, LiveEndpoint endpoint, Exchange waiting) {
    this.asking = asking;
    this.giving = giving;
    this.endpoint = endpoint;
    this.waiting = waiting;
  }

  /** Asks; false when the other loop has ended. */
  boolean ask() {
    try {
      giving.eventLoop().execute(this::give);
    } catch (RejectedExecutionException stopped) {
      return false;
    }
    asking.wheel().arm(deadline, asking.now() + PATIENCE_NANOS);
    return true;
  }

  /** The request is gone; a connection that comes is kept for the next. */
  void abandon() {
    waiting = null;
    asking.wheel().remove(deadline);
  }

  private void give() {
    UpstreamConnection connection = giving.give(endpoint);
    if (connection == null) {
      answer(null);
    } else {
      connection.leave().addListener(_ -> left(connection));
    }
  }

  private void left(UpstreamConnection connection) {
    answer(connection.left() ? connection : null);
  }

  private void answer(@Nullable UpstreamConnection moved) {
    try {
      asking.eventLoop().execute(() -> arrived(moved));
    } catch (RejectedExecutionException stopped) {
      if (moved != null) {
        moved.strand();
      }
    }
  }

  private void arrived(@Nullable UpstreamConnection moved) {
    asking.refresh();
    if (moved == null) {
      connect();
    } else {
      asking.upstreams().adopt(moved, endpoint).addListener(done -> joined(moved, done));
    }
  }

  private void joined(UpstreamConnection moved, Future<?> registered) {
    Exchange exchange = waiting;
    if (!registered.isSuccess() || !moved.joined()) {
      moved.close();
      connect();
    } else if (exchange == null) {
      moved.park();
    } else if (!exchange.repeatable() && moved.peerLeft()) {
      moved.close();
      connect();
    } else {
      abandon();
      asking.counters().takeover(TakeoverOutcome.MOVED);
      exchange.takenOver(moved);
    }
  }

  @Override
  public void expired(long nowNanos) {
    connect();
  }

  private void connect() {
    Exchange exchange = waiting;
    abandon();
    if (exchange != null) {
      asking.counters().takeover(TakeoverOutcome.MISSED);
      exchange.notTakenOver();
    }
  }
}

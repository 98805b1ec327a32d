package io.leat.proxy.upstream;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.OutlierDetector;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.RetryOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Takes slots of endpoints for the requests of one event loop: within the limit of connections,
 * around those that failed, and within the budget of what is sent twice. Used by that event loop.
 */
final class EndpointChoice {
  private final OutlierDetector outliers = new OutlierDetector();
  private final Draw draw;
  private final LoopCounters counters;
  private final RetryBudget budget;
  private final int connections;

  /** A choice that allows {@code connections} requests in flight per endpoint. */
  EndpointChoice(Draw draw, LoopCounters counters, int connections, long nowNanos) {
    this.draw = draw;
    this.counters = counters;
    this.connections = connections;
    this.budget = new RetryBudget(nowNanos);
  }

  /** A request arrived: the budget grows. */
  void arrived(long nowNanos) {
    budget.request(nowNanos);
  }

  /** A slot for a request that need not wait, or null. */
  @Nullable LiveEndpoint first(LiveRevision from) {
    return from.acquire(draw, slots(from));
  }

  /** A slot for a request that could not reach {@code failed}, or null. */
  @Nullable LiveEndpoint other(LiveRevision from, LiveEndpoint failed) {
    LiveEndpoint other = from.acquireOther(failed, draw, slots(from));
    if (other != null) {
      counters.retry(RetryOutcome.OTHER_ENDPOINT);
    }
    return other;
  }

  /** Whether it is the limit of connections that keeps a request from an endpoint. */
  boolean outOfConnections(LiveRevision full) {
    return full.readyEndpoints() > 0 && limitedByConnections(full);
  }

  /** Whether a slot that somebody else took is one too many. */
  boolean exceeded(LiveEndpoint taken) {
    return taken.inFlight() > connections;
  }

  /** Whether a request may be sent to the same endpoint once more; counts what is decided. */
  boolean mayResend(long nowNanos) {
    boolean may = budget.tryRetry(nowNanos);
    counters.retry(may ? RetryOutcome.RESENT : RetryOutcome.BUDGET_EXHAUSTED);
    return may;
  }

  /** The endpoint failed a request before it answered. */
  void failed(@Nullable LiveRevision from, @Nullable LiveEndpoint endpoint, long nowNanos) {
    if (from != null && endpoint != null && outliers.failed(from, endpoint, nowNanos)) {
      counters.ejection();
    }
  }

  /** The endpoint began an answer. */
  void answered(@Nullable LiveRevision from, @Nullable LiveEndpoint endpoint) {
    if (from != null && endpoint != null) {
      outliers.answered(from, endpoint);
    }
  }

  /** Ends the ejections that are over. */
  void advance(long nowNanos) {
    outliers.advance(nowNanos);
  }

  /** Asks for a connection of another event loop where one more would be too many, or null. */
  @Nullable Takeover takeOver(
      @Nullable LiveRevision of, LiveEndpoint endpoint, Exchange exchange, Upstreams upstreams) {
    return of == null ? null : upstreams.takeOver(endpoint, slots(of), exchange);
  }

  private int slots(LiveRevision of) {
    return limitedByConnections(of) ? connections : of.shape().limits().containerConcurrency();
  }

  private boolean limitedByConnections(LiveRevision of) {
    int own = of.shape().limits().containerConcurrency();
    return own == 0 || own > connections;
  }
}

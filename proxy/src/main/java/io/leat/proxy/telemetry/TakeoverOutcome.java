package io.leat.proxy.telemetry;

import java.util.Locale;

/** What became of the question for another event loop's idle connection. */
public enum TakeoverOutcome {
  /** The connection moved and carries the request. */
  MOVED,
  /** None was left, or it did not come in time: a new connection was opened. */
  MISSED;

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

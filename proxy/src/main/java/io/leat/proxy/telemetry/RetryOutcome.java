package io.leat.proxy.telemetry;

import java.util.Locale;

/** What became of a request whose connection to an endpoint was dead. */
public enum RetryOutcome {
  /** It was sent again, to the same endpoint on a new connection. */
  RESENT,
  /** The endpoint could not be reached; the request went to another one. */
  OTHER_ENDPOINT,
  /** It could have been sent again, but too many were already. */
  BUDGET_EXHAUSTED;

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

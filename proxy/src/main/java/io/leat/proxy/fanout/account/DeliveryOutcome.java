package io.leat.proxy.fanout.account;

import java.util.Locale;

/** What is counted of a subscription. */
public enum DeliveryOutcome {
  /** An event that its subscriber took. */
  DELIVERED,
  /** An event that went on to where the outcome goes. */
  FORWARDED,
  /** A try that failed and is repeated. */
  RETRIED,
  /** A try that was put off because no capacity was granted. */
  HELD,
  /** An event that was handed to the dead letter sink. */
  DEAD_LETTERED,
  /** An event that no try could deliver, without a dead letter sink. */
  DROPPED,
  /** An event whose {@code expirytime} had passed. */
  EXPIRED,
  /** An answer that the role does not allow. */
  VIOLATION,
  /** A route that the subscription does not have. */
  UNKNOWN_ROUTE;

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

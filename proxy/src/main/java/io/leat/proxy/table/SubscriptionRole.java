package io.leat.proxy.table;

/** What the answer of a subscriber means, by the integration pattern that it plays. */
public enum SubscriptionRole {
  /** The answer replaces the event. */
  TRANSFORMER,
  /** The answer says whether the event goes on, unchanged. */
  FILTER,
  /** The answer names the routes that the event takes. */
  ROUTER,
  /** The answer is several events, each of which goes on alone. */
  SPLITTER,
  /** Several events become one answer. */
  AGGREGATOR
}

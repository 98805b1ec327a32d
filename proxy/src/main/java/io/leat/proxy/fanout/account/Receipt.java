package io.leat.proxy.fanout.account;

/**
 * What became of one event at one subscription, as far as it is known.
 *
 * @param source the event's source
 * @param id the event's id
 * @param tries that were made
 * @param lastStatus of the last try's answer; 0 before one and when nobody answered
 * @param nextTryMillis milliseconds since 1970 of the next try; 0 when none is due
 */
public record Receipt(
    String source, String id, State state, int tries, int lastStatus, long nextTryMillis) {

  /** Where an event is. */
  public enum State {
    /** It is being delivered. */
    IN_FLIGHT,
    /** A try failed and another follows. */
    RETRYING,
    /** Its subscriber took it. */
    DELIVERED,
    /** It is in the hands of the dead letter sink, or on its way there in the log. */
    DEAD_LETTERED,
    /** It was given up. */
    DROPPED
  }

  /** What is known now. */
  public Receipt now(State next, int triesMade, int status, long nextMillis) {
    return new Receipt(source, id, next, triesMade, status, nextMillis);
  }
}

package io.leat.proxy.log;

/** Is told once how an append ended, on the thread of the log: it must not block. */
@FunctionalInterface
public interface AppendListener {
  /**
   * The append ended.
   *
   * @param firstOffset of the records; meaningless unless durable
   */
  void appended(AppendOutcome outcome, long firstOffset);

  /**
   * As {@link #appended}, by a log that tells many at once and calls {@link #groupEnded} of each of
   * them after the last: who has to wake somebody up can wait until then.
   */
  default void appendedInGroup(AppendOutcome outcome, long firstOffset) {
    appended(outcome, firstOffset);
  }

  /** Everybody was told whose append ended with this one. */
  default void groupEnded() {}
}

package io.leat.proxy.log;

/** Is told once how an append ended, on the thread of the log: it must not block. */
@FunctionalInterface
public interface AppendListener {
  /**
   * The append ended.
   *
   * @param firstOffset of the records; meaningless unless durable, and when all were duplicates
   */
  void appended(AppendOutcome outcome, long firstOffset);

  /**
   * As {@link #appended}, by a log that tells many at once and calls {@link #groupEnded} of each of
   * them after the last: who has to wake somebody up can wait until then.
   */
  default void appendedInGroup(AppendOutcome outcome, long firstOffset) {
    appended(outcome, firstOffset);
  }

  /**
   * So many of the records are not appended, because the log has the same already; called before
   * the append ends well, by a log with a window of duplicates.
   */
  default void duplicates(int count) {}

  /** Everybody was told whose append ended with this one. */
  default void groupEnded() {}
}

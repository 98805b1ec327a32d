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
}

package io.leat.proxy.log;

/** How an append ended. */
public enum AppendOutcome {
  /** As durable as the Channel asks for. */
  DURABLE,
  /** The limits of the Channel, or those of what may wait for the log, are reached. */
  FULL,
  /** The device has no room; the log recovers when there is some. */
  NO_SPACE,
  /**
   * The log failed (a sync that failed, a directory that cannot be written) and is not mended yet,
   * or is closed.
   */
  FAILED
}

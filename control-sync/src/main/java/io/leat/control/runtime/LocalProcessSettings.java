package io.leat.control.runtime;

import java.time.Duration;

/**
 * The knobs of {@link LocalProcesses}.
 *
 * @param restartBase delay before the first restart; doubles with every failure in a row
 * @param restartMax longest delay before a restart
 * @param settledAfter an instance that was ready this long has its failures forgotten
 * @param closeGrace longest time that closing waits between SIGTERM and SIGKILL
 * @param logFileBytes size of one log file in bytes, at least 65536
 * @param logFiles log files per revision, the current one included, at least 1
 */
public record LocalProcessSettings(
    Duration restartBase,
    Duration restartMax,
    Duration settledAfter,
    Duration closeGrace,
    long logFileBytes,
    int logFiles) {

  /** The smallest log file: one batch of lines must fit. */
  public static final long LEAST_LOG_BYTES = 65_536;

  /** Restarts after 1 s to 60 s, settled after 30 s, 15 s to close, three log files of 4 MiB. */
  public static final LocalProcessSettings DEFAULT =
      new LocalProcessSettings(
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          4L * 1024 * 1024,
          3);

  /** Rejects log sizes that one batch of lines could exceed. */
  public LocalProcessSettings {
    if (logFileBytes < LEAST_LOG_BYTES) {
      throw new IllegalArgumentException(
          "logFileBytes must be at least " + LEAST_LOG_BYTES + ": " + logFileBytes);
    }
    if (logFiles < 1) {
      throw new IllegalArgumentException("logFiles must be at least 1: " + logFiles);
    }
  }

  /** The delay after this many failures in a row (at least 1). */
  Duration restartDelay(int failures) {
    Duration delay = restartBase.multipliedBy(1L << Math.min(failures - 1, 20));
    return delay.compareTo(restartMax) > 0 ? restartMax : delay;
  }
}

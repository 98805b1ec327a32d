package io.leat.proxy.accesslog;

/**
 * Where the access log goes.
 *
 * @param path a file that is appended to, {@code -} for standard error, empty for no access log
 * @param format how a request is written
 * @param sample the share of requests that are logged, 0 to 1
 * @param taps who may watch requests at a time, logged or not
 */
public record AccessLogSettings(String path, AccessFormat format, double sample, int taps) {
  /** The path that means standard error. */
  public static final String STANDARD_ERROR = "-";

  /** Taps that may be open at a time when nobody says otherwise. */
  private static final int TAPS = 8;

  /** Settings with the usual number of taps. */
  public AccessLogSettings(String path, AccessFormat format, double sample) {
    this(path, format, sample, TAPS);
  }

  /** Rejects a share outside 0 to 1. */
  public AccessLogSettings {
    if (!(sample >= 0 && sample <= 1)) {
      throw new IllegalArgumentException("sample: " + sample + " (expected: 0 to 1)");
    }
  }

  /** Whether anything is logged at all. */
  public boolean on() {
    return !path.isEmpty() && sample > 0;
  }
}

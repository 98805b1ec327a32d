package io.leat.proxy.accesslog;

/**
 * Where the access log goes.
 *
 * @param path a file that is appended to, {@code -} for standard error, empty for no access log
 * @param format how a request is written
 * @param sample the share of requests that are logged, 0 to 1
 */
public record AccessLogSettings(String path, AccessFormat format, double sample) {
  /** The path that means standard error. */
  public static final String STANDARD_ERROR = "-";

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

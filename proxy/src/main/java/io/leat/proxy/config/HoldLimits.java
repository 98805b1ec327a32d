package io.leat.proxy.config;

import java.time.Duration;

/**
 * How much may wait for capacity.
 *
 * @param revisionRequests waiting requests per revision
 * @param revisionBytes memory of the waiting requests of one revision
 * @param totalRequests waiting requests of the process
 * @param totalBytes memory of all waiting requests
 * @param maxAge longest wait of one request
 */
public record HoldLimits(
    int revisionRequests, long revisionBytes, int totalRequests, long totalBytes, Duration maxAge) {

  /** The defaults of {@code deploy/config/reference.yaml}. */
  public static final HoldLimits DEFAULT =
      new HoldLimits(10_000, 64L << 20, 50_000, 256L << 20, Duration.ofSeconds(120));
}

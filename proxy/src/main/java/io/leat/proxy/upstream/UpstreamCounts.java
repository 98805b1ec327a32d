package io.leat.proxy.upstream;

/**
 * Connections to endpoints at one moment.
 *
 * @param active those that carry an exchange or are being opened
 * @param idle those that wait in a pool
 */
public record UpstreamCounts(int active, int idle) {

  /** The counts of several event loops together. */
  public UpstreamCounts plus(UpstreamCounts other) {
    return new UpstreamCounts(active + other.active, idle + other.idle);
  }
}

package io.leat.proxy.config;

import java.time.Duration;

/**
 * What slow clients and very many clients may cost the proxy.
 *
 * @param minBodyRate bytes of a request body per second that a client must send on average while it
 *     is waited for; 0 for no minimum
 * @param writeTimeout how long a client may take nothing of an answer that waits for it
 * @param tunnelIdleTimeout how long a tunnel may be silent in both directions
 * @param maxConnections client connections of all event loops; beyond it none is accepted
 * @param maxBufferedBytes memory for bytes on their way, all event loops together
 */
public record ClientLimits(
    int minBodyRate,
    Duration writeTimeout,
    Duration tunnelIdleTimeout,
    int maxConnections,
    long maxBufferedBytes) {

  /** The defaults of {@code deploy/config/reference.yaml}. */
  public static final ClientLimits DEFAULT =
      new ClientLimits(240, Duration.ofSeconds(60), Duration.ofHours(1), 20_000, 256L << 20);
}

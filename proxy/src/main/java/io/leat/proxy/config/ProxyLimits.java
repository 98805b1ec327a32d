package io.leat.proxy.config;

import java.time.Duration;

/**
 * What one client or endpoint may cost the proxy.
 *
 * @param requestLineBytes longest request line
 * @param headerBytes all fields of a head together, request or response
 * @param headerLineBytes one field
 * @param headerCount fields of a head
 * @param bodyBytes largest request body; 0 for no limit
 * @param headerTimeout from the first byte of a head to its end
 * @param idleTimeout of a keep-alive connection between requests
 * @param connectTimeout of a connection to an endpoint
 * @param upstreamIdleTimeout of a pooled connection to an endpoint
 * @param idlePerEndpoint pooled idle connections per event loop and endpoint
 * @param connectionsPerEndpoint connections in use to one endpoint, all event loops together
 * @param clients what slow clients and very many clients may cost
 * @param mirrors what mirroring may cost
 */
public record ProxyLimits(
    int requestLineBytes,
    int headerBytes,
    int headerLineBytes,
    int headerCount,
    long bodyBytes,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration connectTimeout,
    Duration upstreamIdleTimeout,
    int idlePerEndpoint,
    int connectionsPerEndpoint,
    ClientLimits clients,
    MirrorLimits mirrors) {

  private static final int DEFAULT_CONNECTIONS = 1024;

  /** The defaults of {@code deploy/config/reference.yaml}. */
  public static final ProxyLimits DEFAULT =
      new ProxyLimits(
          16 * 1024,
          64 * 1024,
          32 * 1024,
          128,
          0,
          Duration.ofSeconds(10),
          Duration.ofSeconds(300),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          1024);

  /** Limits with 1,024 connections per endpoint and the default {@link ClientLimits}. */
  public ProxyLimits(
      int requestLineBytes,
      int headerBytes,
      int headerLineBytes,
      int headerCount,
      long bodyBytes,
      Duration headerTimeout,
      Duration idleTimeout,
      Duration connectTimeout,
      Duration upstreamIdleTimeout,
      int idlePerEndpoint) {
    this(
        requestLineBytes,
        headerBytes,
        headerLineBytes,
        headerCount,
        bodyBytes,
        headerTimeout,
        idleTimeout,
        connectTimeout,
        upstreamIdleTimeout,
        idlePerEndpoint,
        DEFAULT_CONNECTIONS,
        ClientLimits.DEFAULT,
        MirrorLimits.DEFAULT);
  }

  /** The same with another number of connections per endpoint. */
  public ProxyLimits withConnectionsPerEndpoint(int connections) {
    return with(connections, clients, mirrors);
  }

  /** The same with other limits for clients. */
  public ProxyLimits withClients(ClientLimits newClients) {
    return with(connectionsPerEndpoint, newClients, mirrors);
  }

  /** The same with other limits for mirroring. */
  public ProxyLimits withMirrors(MirrorLimits newMirrors) {
    return with(connectionsPerEndpoint, clients, newMirrors);
  }

  private ProxyLimits with(int connections, ClientLimits newClients, MirrorLimits newMirrors) {
    return new ProxyLimits(
        requestLineBytes,
        headerBytes,
        headerLineBytes,
        headerCount,
        bodyBytes,
        headerTimeout,
        idleTimeout,
        connectTimeout,
        upstreamIdleTimeout,
        idlePerEndpoint,
        connections,
        newClients,
        newMirrors);
  }
}

package io.leat.proxy.table;

/**
 * One address that serves a revision.
 *
 * @param host an IP literal or a name that the proxy resolves when it connects
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port, Protocol protocol, State state) {

  /** What the endpoint speaks, from the port name of its source ({@code http1} or {@code h2c}). */
  public enum Protocol {
    HTTP1,
    H2C
  }

  /** Whether new requests may be sent there; a draining endpoint only finishes what it has. */
  public enum State {
    READY,
    DRAINING
  }

  /** Rejects a port outside 1 to 65535. */
  public Endpoint {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
  }

  /** A ready HTTP/1.1 endpoint. */
  public static Endpoint http1(String host, int port) {
    return new Endpoint(host, port, Protocol.HTTP1, State.READY);
  }

  /** {@code host:port}, with an IPv6 literal in brackets. */
  public String address() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}

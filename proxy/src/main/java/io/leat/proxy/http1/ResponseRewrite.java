package io.leat.proxy.http1;

/**
 * How a response head is changed on its way to the client. One mutable instance per event loop, set
 * for each response.
 */
public final class ResponseRewrite {
  /** Send {@code Connection: close}. */
  public boolean close;

  /** Send {@code Connection: keep-alive}, for an HTTP/1.0 client that asked for it. */
  public boolean keepAlive10;

  /** The body lasts until the endpoint closes, and the client gets it in chunks. */
  public boolean chunked;

  /**
   * The body comes in chunks and an HTTP/1.0 client gets it until close: no {@code
   * Transfer-Encoding} and no {@code Trailer} is sent. Use it with {@link BodyReader#dechunk} and
   * {@link #close}.
   */
  public boolean dechunk;

  /** Keep {@code Connection: upgrade} and {@code Upgrade} of a 101. */
  public boolean keepUpgrade;

  /** Names in lower case whose fields, as the endpoint sent them, do not pass. */
  public byte[][] dropped = {};

  /** Whole fields with their line ends that come after those that pass. */
  public byte[] added = {};

  /** An instance that changes nothing but what every proxy must. */
  public ResponseRewrite() {}
}

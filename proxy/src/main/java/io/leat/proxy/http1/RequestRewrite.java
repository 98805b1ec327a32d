package io.leat.proxy.http1;

import org.jspecify.annotations.Nullable;

/**
 * How a request head is changed on its way to the endpoint. One mutable instance per event loop,
 * set for each request.
 */
public final class RequestRewrite {
  /** Replaces {@code Host} when not null. */
  public byte @Nullable [] host;

  /**
   * Names in lower case and values, alternating; each replaces the client's fields of that name.
   * Names that frame the message or end at the hop are not allowed here and are left out.
   */
  public byte[][] setHeaders = {};

  /** Names in lower case whose fields, as the client sent them, do not pass. */
  public byte[][] dropped = {};

  /** Whole fields with their line ends that come after those that pass. */
  public byte[] added = {};

  /**
   * IP address of the peer as text, for {@code Forwarded} and {@code X-Forwarded-For}; empty when
   * unknown.
   */
  public byte[] clientAddress = {};

  /** This proxy's pseudonym for {@code Via}, a token; empty for none. */
  public byte[] via = {};

  /**
   * Whether the peer is a proxy of ours, whose {@code Forwarded}, {@code X-Forwarded-*} and
   * internal fields are believed; they are removed otherwise.
   */
  public boolean trustedPeer;

  /**
   * How many proxies of ours a request has passed, the peer included: so many entries from the
   * right of {@code Forwarded} and {@code X-Forwarded-For} are true, the first of them names the
   * client, and those before it are dropped. Only with {@link #trustedPeer}.
   */
  public int trustedHops = Integer.MAX_VALUE;

  /** Whether the client's connection is encrypted. */
  public boolean tls;

  /** Whether to pass on {@link RequestHead#wantsUpgrade()}. */
  public boolean keepUpgrade;

  /** Whether the client's {@code traceparent} and {@code tracestate} end here. */
  public boolean dropTrace;

  /** A {@code traceparent} to add when not null; the client's is dropped or absent then. */
  public byte @Nullable [] traceparent;

  /** An instance that changes nothing but what every proxy must. */
  public RequestRewrite() {}
}

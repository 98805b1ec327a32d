package io.leat.proxy.server;

/** What the bytes that arrive on a client connection mean. Written by its event loop. */
enum State {
  /** They begin or continue a request head. */
  HEAD,
  /** They are the body of the request that runs, or wait behind it. */
  EXCHANGE,
  /** They go to the endpoint as they are. */
  TUNNEL,
  /** They are dropped, so that the client can read its answer before the close. */
  LINGER,
  /** They are dropped; the rest of the last answer is still being written. */
  CLOSING,
  CLOSED
}

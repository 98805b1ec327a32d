package io.leat.proxy.upstream;

/** How far an {@link Exchange} is. */
enum Phase {
  /** No request runs. */
  NONE,
  /** The request waits for capacity. */
  HELD,
  CONNECTING,
  /** The request is on its way; no final answer has begun. */
  SENT,
  ANSWERING,
  /** Bytes pass both ways as they are. */
  TUNNEL
}

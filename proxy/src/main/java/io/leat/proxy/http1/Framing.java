package io.leat.proxy.http1;

/** Which bytes after a head belong to the message (RFC 9112 section 6.3). */
public enum Framing {
  /** No body at all. */
  NONE,
  /** As many bytes as {@code Content-Length} says; may be zero. */
  LENGTH,
  /** Chunks up to the last chunk and its trailers. */
  CHUNKED,
  /** Everything until the peer closes; only for responses. */
  UNTIL_CLOSE
}

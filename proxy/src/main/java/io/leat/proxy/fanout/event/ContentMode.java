package io.leat.proxy.fanout.event;

/** How an HTTP message carries events (CloudEvents HTTP binding, section 1.3). */
public enum ContentMode {
  /** Attributes as {@code ce-} headers, the data as the body. */
  BINARY,
  /** One event as one document. */
  STRUCTURED,
  /** Any number of events as one document. */
  BATCHED
}

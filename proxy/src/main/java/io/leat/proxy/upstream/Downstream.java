package io.leat.proxy.upstream;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * The client's side of an {@link Exchange}, in the terms of the client's protocol. Every method is
 * called on the event loop that both sides share.
 */
public interface Downstream {

  /**
   * Whether it belongs to no route of its own, as the second sending of a request or an event for a
   * place outside the table: it never waits for capacity and is not counted among the requests.
   */
  default boolean mirrored() {
    return false;
  }

  /** Answers for Leat; nothing of an answer was sent before. The exchange is over. */
  void reject(Rejection rejection);

  /** As {@link #reject}; the client's connection carries nothing else. */
  default void rejectAndClose(Rejection rejection) {
    reject(rejection);
  }

  /** Relays an interim answer (1xx); the head is valid during the call only. */
  void informational(ResponseHead head);

  /** Starts the final answer; the head is valid during the call only. */
  void head(ResponseHead head);

  /** Sends a part of the answer's body; ownership passes. */
  void body(ByteBuf data);

  /**
   * A part of the body that may be copied behind what was not sent yet.
   *
   * @param in stays owned by the caller; its reader index advances when the bytes were taken
   * @return whether they were taken; when not, they follow as {@link #body}
   */
  default boolean bodyCopied(ByteBuf in, int length) {
    return false;
  }

  /** The answer is whole. The exchange is over. */
  void end();

  /** The answer broke off after it began: the client must not take it for whole. */
  void abort();

  /** Sends the 101 and becomes a tunnel; the head is valid during the call only. */
  void tunnel(ResponseHead head);

  /** The endpoint sends nothing more into the tunnel. */
  void tunnelInputEnded();

  /** The tunnel is over; close once everything is written. */
  void tunnelClosed();

  /** Whether the client takes more bytes now. */
  boolean writable();

  /** Sends what was written. */
  void flush();

  /** Sends what was written when the event loop's turn ends. */
  void flushLater();

  /** The endpoint takes bytes of the request body, for the first time or again. */
  void takeBody();
}

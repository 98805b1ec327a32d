package io.leat.proxy.server;

import io.leat.proxy.fanout.ingress.IngressAnswer;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.upstream.LoopContext;

/** Where the requests go that come to a host of a Channel. Called on the client's event loop. */
public interface EventIngress {

  /** A data plane without Channels. */
  EventIngress NONE =
      new EventIngress() {
        @Override
        public long maxBytes() {
          return 1;
        }

        @Override
        public void accept(
            LoopContext loop,
            ChannelId channel,
            RequestHead head,
            byte[] body,
            IngressAnswer answer) {
          answer.refuse(Rejection.CHANNEL_UNAVAILABLE, OwnAnswer.of(Rejection.CHANNEL_UNAVAILABLE));
        }
      };

  /** The largest body in bytes; a larger one is answered 413. */
  long maxBytes();

  /**
   * Takes one whole request.
   *
   * @param head valid during the call only
   * @param body without chunk framing; ownership passes
   * @param answer owed exactly one call, on the same event loop, now or later; a client that has
   *     left is told nothing
   */
  void accept(
      LoopContext loop, ChannelId channel, RequestHead head, byte[] body, IngressAnswer answer);
}

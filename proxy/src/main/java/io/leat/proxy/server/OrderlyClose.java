package io.leat.proxy.server;

import io.leat.proxy.upstream.Deadline;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * The ways to close a client connection so that the client can read what was written.
 *
 * <p>Closing while bytes are unread resets a TCP connection and may destroy the answer; lingering
 * ends the output and reads on for a while (RFC 9112 section 9.6). Used by one event loop.
 */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class OrderlyClose {
  private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long WHOLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LoopContext loop;
  private final Channel channel;
  private final Deadline deadline;
  private long lingerEnd;

  OrderlyClose(LoopContext loop, Channel channel, Deadline deadline) {
    this.loop = loop;
    this.channel = channel;
    this.deadline = deadline;
  }

  /** Closes once everything is written, or when the client does not read it. */
  void whenWritten() {
    loop.wheel().arm(deadline, loop.now() + loop.limits().idleTimeout().toNanos());
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Sends nothing more, and gives the client time to close. */
  void linger() {
    lingerEnd = loop.now() + WHOLE_NANOS;
    lingerOn();
    endOutput();
  }

  /** The client still sends. */
  void lingerOn() {
    loop.wheel().arm(deadline, Math.min(loop.now() + GAP_NANOS, lingerEnd));
  }

  /** Sends nothing more once everything is written. */
  void endOutput() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> {
          if (channel.isActive()) {
            ((DuplexChannel) channel).shutdownOutput();
          }
        });
  }
}

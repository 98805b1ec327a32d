package io.leat.proxy.server;

import io.leat.proxy.upstream.Deadline;
import io.leat.proxy.upstream.Expiring;
import io.leat.proxy.upstream.LoopContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Watches that a client takes something of what waits for it within {@code proxy.write-timeout}. It
 * looks four times in that time, so it is up to a quarter late. Used by one event loop.
 */
final class WriteWatch implements Expiring {
  private static final int LOOKS = 4;

  private final LoopContext loop;
  private final Channel channel;
  private final Runnable stalled;
  private final Deadline deadline = new Deadline(this);
  private final long timeout;
  private final long lookNanos;
  private long written;
  private long progressNanos;
  private long seenTaken;
  private long seenPending;
  private long seenWritten;

  WriteWatch(LoopContext loop, Channel channel, Runnable stalled) {
    this.loop = loop;
    this.channel = channel;
    this.stalled = stalled;
    this.timeout = loop.limits().clients().writeTimeout().toNanos();
    this.lookNanos = timeout / LOOKS;
  }

  /** Bytes were handed to the channel. */
  void wrote(int bytes) {
    written += bytes;
  }

  /** The channel was asked to send them, and some wait. */
  void flushed(ChannelOutboundBuffer waiting) {
    if (!deadline.armed()) {
      progressNanos = loop.now();
      remember(waiting);
      loop.wheel().arm(deadline, progressNanos + lookNanos);
    }
  }

  /** Whether it will look again. */
  boolean armed() {
    return deadline.armed();
  }

  @Override
  public void expired(long nowNanos) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    if (waiting == null || waiting.isEmpty()) {
      return;
    }
    if (progressed(waiting) || Peer.sentWithin(channel, TimeUnit.NANOSECONDS.toMillis(lookNanos))) {
      progressNanos = nowNanos;
      remember(waiting);
    } else if (nowNanos - progressNanos >= timeout) {
      stalled.run();
      return;
    }
    loop.wheel().arm(deadline, nowNanos + lookNanos);
  }

  /**
   * Netty counts what waits in whole buffers: so nothing was taken only if no more of the first
   * buffer is gone than before, and all that was written since waits too.
   */
  private boolean progressed(ChannelOutboundBuffer waiting) {
    return waiting.currentProgress() != seenTaken
        || waiting.totalPendingWriteBytes() - seenPending < written - seenWritten;
  }

  private void remember(ChannelOutboundBuffer waiting) {
    seenTaken = waiting.currentProgress();
    seenPending = waiting.totalPendingWriteBytes();
    seenWritten = written;
  }

  void stop() {
    loop.wheel().remove(deadline);
  }
}

package io.leat.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelProgressivePromise;

/**
 * The outcome of one write that tells whether the system took any byte of it. Used by one event
 * loop.
 */
final class WatchedWrite extends DefaultChannelProgressivePromise {
  private boolean began;

  WatchedWrite(Channel channel) {
    super(channel, channel.eventLoop());
  }

  @Override
  public boolean tryProgress(long progress, long total) {
    began = true;
    return super.tryProgress(progress, total);
  }

  /** Whether it failed before its first byte left this process. */
  boolean failedUnsent() {
    return isDone() && !isSuccess() && !began;
  }
}

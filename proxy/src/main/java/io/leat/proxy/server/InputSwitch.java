package io.leat.proxy.server;

import io.netty.channel.Channel;

/** Whether bytes of a client are read. Used by one event loop. */
final class InputSwitch {
  private final Channel channel;
  private boolean on = true;
  private boolean ended;

  InputSwitch(Channel channel) {
    this.channel = channel;
  }

  /** Reads or does not; returns whether that is a change. */
  boolean turn(boolean wanted) {
    // Netty 4.2.18 forgets the socket once its input has ended, and fails when asked to read on.
    if (wanted == on || ended) {
      return false;
    }
    on = wanted;
    channel.config().setAutoRead(wanted);
    return true;
  }

  boolean on() {
    return on;
  }

  /** The client sends nothing more. */
  void end() {
    ended = true;
  }
}

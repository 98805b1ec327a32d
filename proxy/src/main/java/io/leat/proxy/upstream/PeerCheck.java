package io.leat.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.uring.IoUringSocketChannel;

/**
 * Asks the kernel whether the other end of a connection has closed it, before the event loop has
 * seen that. Answers no where the transport is NIO. Used by one event loop.
 */
final class PeerCheck {
  /** {@code TCP_ESTABLISHED} of Linux. */
  private static final int ESTABLISHED = 1;

  private final EpollTcpInfo info = new EpollTcpInfo();

  /** Whether FIN or RST was received. One system call. */
  boolean left(Channel channel) {
    if (channel instanceof EpollSocketChannel epoll) {
      epoll.tcpInfo(info);
      return info.state() != ESTABLISHED;
    }
    if (channel instanceof IoUringSocketChannel uring) {
      return uring.tcpInfo().state() != ESTABLISHED;
    }
    return false;
  }
}

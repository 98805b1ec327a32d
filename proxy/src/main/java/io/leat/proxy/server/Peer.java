package io.leat.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/** What a channel tells of the client at its other end. */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class Peer {
  /** {@code TCP_ESTABLISHED} of Linux. */
  private static final int ESTABLISHED = 1;

  private Peer() {}

  /** The IP address as text, without an interface name. */
  static byte[] address(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress remote) {
      InetAddress address = remote.getAddress();
      if (address != null) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        text = zone < 0 ? text : text.substring(0, zone);
        return text.getBytes(StandardCharsets.US_ASCII);
      }
    }
    return "unknown".getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Whether a client is outside of this machine, so that what is local to the cluster is hidden. A
   * peer that is a proxy of ours speaks for clients elsewhere.
   */
  static boolean external(SocketAddress peer, int trustedHops) {
    return trustedHops > 0
        || !(peer instanceof InetSocketAddress remote)
        || remote.getAddress() == null
        || !remote.getAddress().isLoopbackAddress();
  }

  /** Whether the transport tells of a client that left while nothing is read. */
  static boolean leavingIsSeenUnread(Channel channel) {
    return channel instanceof EpollSocketChannel || channel instanceof IoUringSocketChannel;
  }

  /**
   * Whether the client has sent FIN or RST, although bytes before it are still unread. One system
   * call.
   */
  static boolean left(Channel channel) {
    return switch (channel) {
      case EpollSocketChannel epoll -> !epoll.isActive() || epoll.tcpInfo().state() != ESTABLISHED;
      case IoUringSocketChannel uring ->
          !uring.isActive() || uring.tcpInfo().state() != ESTABLISHED;
      default -> false;
    };
  }

  /**
   * Whether the kernel has sent the client something new in the last {@code millis}. The kernel
   * asks for more only after a good part of its own buffer is gone, which a slow client may need
   * minutes for. One system call.
   */
  static boolean sentWithin(Channel channel, long millis) {
    if (!channel.isOpen()) {
      return false;
    }
    return switch (channel) {
      case EpollSocketChannel epoll -> {
        EpollTcpInfo info = epoll.tcpInfo();
        yield info.lastDataSent() < millis && info.retransmits() == 0;
      }
      case IoUringSocketChannel uring -> {
        IoUringTcpInfo info = uring.tcpInfo();
        yield info.lastDataSent() < millis && info.retransmits() == 0;
      }
      default -> false;
    };
  }

  /** Closes so that the client sees a failure, even where a close would mean the end of a body. */
  static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }
}

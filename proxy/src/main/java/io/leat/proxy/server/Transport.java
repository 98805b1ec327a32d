package io.leat.proxy.server;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How the process talks to the network: epoll on Linux, NIO elsewhere. */
public enum Transport {
  EPOLL,
  NIO;

  /** The fastest that works here. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** Event loops of this transport. */
  public EventLoopGroup group(int eventLoops) {
    return new MultiThreadIoEventLoopGroup(
        eventLoops,
        new DefaultThreadFactory("leat-loop"),
        this == EPOLL ? GuardedEpoll.newFactory() : NioIoHandler.newFactory());
  }

  /** Channels that connect. */
  public ChannelFactory<? extends SocketChannel> clientChannels() {
    return this == EPOLL ? EpollSocketChannel::new : NioSocketChannel::new;
  }

  /** Channels that listen. */
  ChannelFactory<? extends ServerChannel> serverChannels() {
    return this == EPOLL ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
  }

  /** Whether each event loop can have its own listener on one port. */
  boolean sharesPort() {
    return this == EPOLL;
  }
}

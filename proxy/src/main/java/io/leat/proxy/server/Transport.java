package io.leat.proxy.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.Optional;

/**
 * How the process talks to the network: epoll on Linux, NIO elsewhere, io_uring where it is asked
 * for.
 *
 * <p>What io_uring does not have: a write is done later than its flush, so a request that was
 * written to a connection which is closed already is never known to be unsent; and a connection
 * stays with its event loop.
 */
public enum Transport {
  EPOLL,
  IO_URING,
  NIO;

  /**
   * What the kernel takes for a client beyond what the network has room for. Without a bound it
   * takes megabytes for each slow reader, which no limit of ours counts.
   */
  private static final long UNSENT_BYTES = 128 * 1024;

  private static final short BUFFER_GROUP = 1;
  private static final short RING_BUFFERS = 256;
  private static final int RING_BUFFER_BYTES = 4096;

  /** The fastest that is known to be well here. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** The one with the name of the setting {@code proxy.transport}. */
  public static Transport named(String name) {
    return name.equals("auto") ? best() : valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Why it cannot be used in this process; empty when it can. */
  public Optional<String> missing() {
    Throwable cause =
        switch (this) {
          case EPOLL -> Epoll.unavailabilityCause();
          case IO_URING -> IoUring.unavailabilityCause();
          case NIO -> null;
        };
    return Optional.ofNullable(cause)
        .map(why -> name().toLowerCase(Locale.ROOT) + " does not work here: " + why);
  }

  /** Event loops of this transport. */
  public EventLoopGroup group(int eventLoops) {
    return new MultiThreadIoEventLoopGroup(
        eventLoops, new DefaultThreadFactory("leat-loop"), handlers());
  }

  private IoHandlerFactory handlers() {
    return switch (this) {
      case EPOLL -> GuardedEpoll.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory(rings());
      case NIO -> NioIoHandler.newFactory();
    };
  }

  private static IoUringIoHandlerConfig rings() {
    IoUringIoHandlerConfig config = new IoUringIoHandlerConfig();
    if (receivesIntoRing()) {
      config.setBufferRingConfig(
          IoUringBufferRingConfig.builder()
              .bufferGroupId(BUFFER_GROUP)
              .bufferRingSize(RING_BUFFERS)
              .batchSize(RING_BUFFERS)
              .allocator(
                  new IoUringFixedBufferRingAllocator(ByteBufAllocator.DEFAULT, RING_BUFFER_BYTES))
              .build());
    }
    return config;
  }

  /** Whether the kernel takes receive buffers out of a ring that all sockets of a loop share. */
  private static boolean receivesIntoRing() {
    return IoUring.isRegisterBufferRingSupported();
  }

  /** Channels that connect. */
  public ChannelFactory<? extends SocketChannel> clientChannels() {
    return switch (this) {
      case EPOLL -> EpollSocketChannel::new;
      case IO_URING -> Transport::uringChannel;
      case NIO -> NioSocketChannel::new;
    };
  }

  private static SocketChannel uringChannel() {
    IoUringSocketChannel channel = new IoUringSocketChannel();
    if (receivesIntoRing()) {
      channel.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
    }
    return channel;
  }

  /** Names the channels that listen, and what those that they accept have of this transport. */
  void accept(ServerBootstrap bootstrap) {
    bootstrap.channelFactory(serverChannels());
    switch (this) {
      case EPOLL -> bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
      case IO_URING -> bootstrap.childOption(IoUringChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
      case NIO -> {}
    }
    if (this == IO_URING && receivesIntoRing()) {
      bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
    }
  }

  private ChannelFactory<? extends ServerChannel> serverChannels() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel::new;
      case IO_URING -> IoUringServerSocketChannel::new;
      case NIO -> NioServerSocketChannel::new;
    };
  }

  /** Whether each event loop can have its own listener on one port. */
  boolean sharesPort() {
    return this != NIO;
  }

  /** Whether a connection can go from one event loop to another. */
  public boolean movesChannels() {
    return this != IO_URING;
  }
}

package io.leat.proxy.server;

import io.leat.proxy.guard.AcceptGate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The sockets that listen on the data port: one for each event loop where the kernel spreads the
 * clients ({@code SO_REUSEPORT}), else one for all. Any thread.
 */
public final class Listeners {
  private static final int BACKLOG = 4096;
  private static final int MOST_TRIES = 8;
  private static final int LOW_WATER_MARK = 32 * 1024;
  private static final int HIGH_WATER_MARK = 64 * 1024;

  /** One for all connections, where Netty would make one for each. */
  private static final RecvByteBufAllocator RECEIVING =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(16);

  private final Transport transport;
  private final EventLoopGroup group;
  private final List<ServerLoop> loops;
  private final AcceptGate gate;
  private final List<Channel> channels = new ArrayList<>();

  /** Listens nowhere yet. */
  public Listeners(
      Transport transport, EventLoopGroup group, List<ServerLoop> loops, AcceptGate gate) {
    this.transport = transport;
    this.group = group;
    this.loops = loops;
    this.gate = gate;
  }

  /**
   * Binds.
   *
   * @return the port, which the system chose when 0 was asked for
   */
  public synchronized int bind(String host, int port) {
    if (!transport.sharesPort()) {
      return bind(bootstrap(group, spread()), host, port);
    }
    for (int tries = 1; ; tries++) {
      try {
        return bindEach(host, port);
      } catch (UncheckedIOException taken) {
        // Between two loops a connection of somebody may have got the port that the system chose.
        if (port != 0 || tries == MOST_TRIES) {
          throw taken;
        }
      }
    }
  }

  private int bindEach(String host, int port) {
    int bound = port;
    for (ServerLoop loop : loops) {
      EventLoop own = loop.context().eventLoop();
      ServerBootstrap bootstrap = bootstrap(own, loop.initializer());
      bound = bind(bootstrap.option(UnixChannelOption.SO_REUSEPORT, true), host, bound);
    }
    return bound;
  }

  private int bind(ServerBootstrap bootstrap, String host, int port) {
    ChannelFuture binding = bootstrap.bind(host, port).awaitUninterruptibly();
    if (!binding.isSuccess()) {
      close();
      String where = host + ":" + port;
      throw new UncheckedIOException(new IOException("cannot bind " + where, binding.cause()));
    }
    channels.add(binding.channel());
    return ((InetSocketAddress) binding.channel().localAddress()).getPort();
  }

  private ServerBootstrap bootstrap(EventLoopGroup loop, ChannelInitializer<Channel> connections) {
    ServerBootstrap bootstrap = new ServerBootstrap();
    transport.accept(bootstrap);
    return bootstrap
        .group(loop, loop)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, RECEIVING)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(LOW_WATER_MARK, HIGH_WATER_MARK))
        .handler(gate.listener())
        .childHandler(connections);
  }

  /** One acceptor hands its channels to all event loops. */
  private ChannelInitializer<Channel> spread() {
    IdentityHashMap<EventLoop, ServerLoop> byLoop = new IdentityHashMap<>();
    for (ServerLoop loop : loops) {
      byLoop.put(loop.context().eventLoop(), loop);
    }
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        ServerLoop loop = byLoop.get(channel.eventLoop());
        if (loop == null) {
          throw new IllegalStateException("a channel of a foreign event loop");
        }
        loop.accept(channel);
      }
    };
  }

  /** Stops listening; connections that were accepted stay. */
  public synchronized void close() {
    for (Channel channel : channels) {
      channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }
    channels.clear();
  }
}

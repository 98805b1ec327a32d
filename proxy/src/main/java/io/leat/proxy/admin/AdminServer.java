package io.leat.proxy.admin;

import io.leat.proxy.config.ConfigType;
import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.config.LoopbackAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of the admin port: loopback only, apart from the data path.
 *
 * <p>One event loop of its own moves bytes; every request is answered on a virtual thread of its
 * own. Connections, bodies, heads, pipelined requests and idle time are bounded.
 */
public final class AdminServer implements AutoCloseable {
  /** Largest request body; a larger one is answered 413. */
  public static final int MAX_BODY_BYTES = 2 << 20;

  /** Each watcher of the API holds one. */
  private static final int MAX_CONNECTIONS = 2_048;

  private static final int MAX_LINE_BYTES = 16 * 1024;
  private static final int MAX_HEADER_BYTES = 32 * 1024;
  private static final int MAX_CHUNK_BYTES = 8 * 1024;
  private static final int IDLE_SECONDS = 120;
  private static final int HANDLER_SECONDS = 5;
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private final EventLoopGroup loop;
  private final ExecutorService handlers;
  private final ChannelGroup connections;
  private final Channel listener;

  private AdminServer(
      EventLoopGroup loop, ExecutorService handlers, ChannelGroup connections, Channel listener) {
    this.loop = loop;
    this.handlers = handlers;
    this.connections = connections;
    this.listener = listener;
  }

  /**
   * Binds and serves.
   *
   * @param config port 0 takes a free one; see {@link #address()}
   * @param routes complete; later additions are not seen reliably
   * @throws IllegalArgumentException when the address is not loopback: there is no TLS and no token
   *     yet that would make that safe
   * @throws IOException when the port is taken or the address is not of this machine
   */
  public static AdminServer start(LeatConfig.Admin config, AdminRoutes routes) throws IOException {
    if (!LoopbackAddress.matches(config.bind())) {
      throw new IllegalArgumentException(
          "admin.bind: " + ConfigType.Loopback.RULE + " (got " + config.bind() + ")");
    }
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("leat-admin", true), NioIoHandler.newFactory());
    ExecutorService handlers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("leat-admin-", 0).factory());
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    RequestAnswerer answerer = new RequestAnswerer(routes, config.bind());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    if (connections.size() >= MAX_CONNECTIONS) {
                      var _ = channel.close();
                      return;
                    }
                    connections.add(channel);
                    pipeline(channel, new AdminConnection(answerer, handlers));
                  }
                })
            .bind(new InetSocketAddress(config.bind(), config.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      handlers.shutdown();
      throw new IOException(
          "admin port " + config.bind() + ":" + config.port() + " cannot be bound", bound.cause());
    }
    return new AdminServer(loop, handlers, connections, bound.channel());
  }

  private static void pipeline(SocketChannel channel, AdminConnection connection) {
    channel
        .pipeline()
        .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES))
        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
        .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
        .addLast(connection);
  }

  /** The address that was bound. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Closes the port and every connection, and interrupts what still runs. */
  @Override
  public void close() {
    var _ = listener.close().awaitUninterruptibly();
    var _ = connections.close().awaitUninterruptibly();
    handlers.shutdownNow();
    awaitHandlers();
    var _ = loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Handlers hand their connection back to the loop, so the loop has to end after them. */
  private void awaitHandlers() {
    try {
      if (!handlers.awaitTermination(HANDLER_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("an admin route did not end within {} s of its interruption", HANDLER_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.accesslog.AccessLog;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.MirrorLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.guard.AcceptGate;
import io.leat.proxy.guard.Overload;
import io.leat.proxy.mirror.MirrorBudget;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.upstream.HostResolver;
import io.leat.proxy.upstream.LoopContext;
import io.leat.proxy.upstream.UpstreamTransport;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the tick of one event loop measures. */
class ServerLoopTest {
  private static final int MAX = 100;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EmbeddedChannel client = new EmbeddedChannel();
  private long allocated;

  private ServerLoop loop() {
    LoopContext context =
        new LoopContext(
            0,
            group.next(),
            Draw.xorshift(3),
            new LoopContext.Shared(
                ProxyLimits.DEFAULT,
                RequestHold.NONE,
                () -> 0,
                InstantSource.system(),
                new UpstreamTransport(
                    NioSocketChannel::new, new HostResolver(Runnable::run), false)));
    return new ServerLoop(
        context,
        new ServerSettings(
            new LiveTable(0x1eaf, new MetricRows()),
            "leat".getBytes(US_ASCII),
            0,
            false,
            new Overload(MAX, () -> allocated, () -> 0),
            new AcceptGate(MAX),
            AccessLog.OFF,
            new MirrorBudget(MirrorLimits.DEFAULT),
            0,
            EventIngress.NONE));
  }

  @AfterEach
  void stop() throws InterruptedException {
    assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void aSumIsForgottenWhenMemoryIsNoLongerShort() {
    ServerLoop loop = loop();
    loop.accept(client);
    client.pipeline().fireChannelActive();
    client.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n", US_ASCII));
    loop.tick();
    assertThat(loop.waitingBytes()).isZero();
    allocated = MAX;
    loop.tick();
    assertThat(loop.waitingBytes()).isPositive();
    allocated = 0;
    loop.tick();
    assertThat(loop.waitingBytes()).isZero();
    loop.closeAll();
    assertThat(client.finish()).isFalse();
  }
}

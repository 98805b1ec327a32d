package io.leat.proxy.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.routing.LivePolicy;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.telemetry.RetryOutcome;
import io.leat.proxy.testing.TestOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests whose first write to a pooled connection fails, on a transport that fails on demand. */
class UnsentRequestTest {
  private static final int NO_FAULT = -1;

  /** Bytes that the next write takes before it fails. */
  private final AtomicInteger fault = new AtomicInteger(NO_FAULT);

  private final TestTicker ticker = new TestTicker();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final LoopContext loop =
      new LoopContext(
          0,
          group.next(),
          Draw.xorshift(3),
          new LoopContext.Shared(
              ProxyLimits.DEFAULT,
              RequestHold.NONE,
              ticker,
              InstantSource.system(),
              new UpstreamTransport(Brittle::new, new HostResolver(Runnable::run), false)));
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final Client client = new Client(loop);
  private TestOrigin origin;
  private LiveTarget target;

  /** A socket whose writes can fail. */
  private final class Brittle extends NioSocketChannel {
    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
      int taken = fault.getAndSet(NO_FAULT);
      if (taken != NO_FAULT) {
        in.removeBytes(taken);
        throw new IOException("the connection is gone");
      }
      super.doWrite(in);
    }
  }

  /** A client that sends one body in parts and notes the outcome. */
  private static final class Client implements Downstream {
    private final Exchange exchange;
    private List<String> parts = List.of();
    private CompletableFuture<String> outcome = new CompletableFuture<>();

    Client(LoopContext loop) {
      this.exchange = new Exchange(loop, this);
    }

    @Override
    public void reject(Rejection rejection) {
      outcome.complete(rejection.name());
    }

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void head(ResponseHead head) {}

    @Override
    public void body(ByteBuf data) {
      data.release();
    }

    @Override
    public void end() {
      outcome.complete("answered");
    }

    @Override
    public void abort() {
      outcome.complete("aborted");
    }

    @Override
    public void tunnel(ResponseHead head) {}

    @Override
    public void tunnelInputEnded() {}

    @Override
    public void tunnelClosed() {}

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void flushLater() {}

    @Override
    public void flush() {}

    @Override
    public void takeBody() {
      List<String> unread = parts;
      parts = List.of();
      for (String part : unread) {
        exchange.fromClient(Unpooled.copiedBuffer(part, US_ASCII));
      }
      exchange.requestDone();
    }
  }

  @BeforeEach
  void start() throws IOException {
    origin =
        TestOrigin.responding((head, wire) -> {
          bodies.add(wire.body(head));
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    Endpoint endpoint = Endpoint.http1("127.0.0.1", origin.port());
    RevisionEndpoints shape =
        new RevisionEndpoints(
            new RevisionId("default", "a"),
            RevisionLimits.DEFAULT,
            new Reachability.Serving(List.of(endpoint)));
    target =
        new LiveTarget(
            0, LiveRevision.of(shape, null), new byte[0][], 0, shape.limits(), LivePolicy.NONE);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(target.revision().activity().inFlight()).hasValue(0);
    group.submit(loop.upstreams()::closeIdle).get(60, TimeUnit.SECONDS);
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    origin.close();
  }

  private String post(String... parts) throws Exception {
    return post(client, parts);
  }

  private String post(Client from, String... parts) throws Exception {
    String body = String.join("", parts);
    String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n";
    from.parts = List.of(parts);
    from.outcome = new CompletableFuture<>();
    group
        .submit(() -> {
          ByteBuf rewritten = Unpooled.copiedBuffer(head, US_ASCII);
          RequestHead parsed = loop.requestHead();
          assertThat(parsed.parse(rewritten, 0, rewritten.readableBytes())).isNull();
          from.exchange.start(target, rewritten, parsed, 0);
        })
        .get(60, TimeUnit.SECONDS);
    return from.outcome.get(60, TimeUnit.SECONDS);
  }

  private long retries(RetryOutcome outcome) {
    return loop.counters().retries(outcome);
  }

  @Test
  void isSentAgainWithTheBodyThatWasRead() throws Exception {
    assertThat(post("first")).isEqualTo("answered");
    fault.set(0);
    assertThat(post("sec", "ond")).isEqualTo("answered");
    assertThat(bodies).containsExactly("first", "second");
    assertThat(origin.connections()).isEqualTo(2);
    assertThat(retries(RetryOutcome.RESENT)).isEqualTo(1);
  }

  @Test
  void isNotSentAgainOnceAByteLeft() throws Exception {
    assertThat(post("first")).isEqualTo("answered");
    fault.set(1);
    assertThat(post("second")).isEqualTo("UPSTREAM_CLOSED");
    assertThat(bodies).containsExactly("first");
    assertThat(origin.connections()).isEqualTo(1);
    assertThat(retries(RetryOutcome.RESENT)).isZero();
  }

  @Test
  void isNotSentAgainWhenTheHeadLeft() throws Exception {
    assertThat(post("first")).isEqualTo("answered");
    fault.set("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n".length());
    assertThat(post("second")).isEqualTo("UPSTREAM_CLOSED");
    assertThat(bodies).containsExactly("first");
    assertThat(retries(RetryOutcome.RESENT)).isZero();
  }

  @Test
  void isNotSentAgainWhenItsBodyWasTooScatteredToKeep() throws Exception {
    assertThat(post("first")).isEqualTo("answered");
    fault.set(0);
    assertThat(post("1", "2", "3", "4", "5", "6", "7", "8", "9")).isEqualTo("UPSTREAM_CLOSED");
    assertThat(post("1", "2", "3", "4", "5", "6", "7", "8", "9")).isEqualTo("answered");
    assertThat(bodies).containsExactly("first", "123456789");
  }

  @Test
  void isNotSentAgainOnANewConnection() throws Exception {
    fault.set(0);
    assertThat(post("first")).isEqualTo("UPSTREAM_CLOSED");
    assertThat(bodies).isEmpty();
    assertThat(origin.connections()).isEqualTo(1);
  }

  @Test
  void isRefusedWhenTheBudgetIsExhausted() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(loop.endpoints().mayResend(loop.now())).isTrue();
    }
    assertThat(post("first")).isEqualTo("answered");
    fault.set(0);
    assertThat(post("second")).isEqualTo("UPSTREAM_CLOSED");
    assertThat(bodies).containsExactly("first");
    assertThat(retries(RetryOutcome.BUDGET_EXHAUSTED)).isEqualTo(1);
  }

  @Test
  void nothingKeepsAnExchangeWhoseClientHasGone() throws Exception {
    WeakReference<Exchange> gone = servedAndGone();
    await()
        .until(() -> {
          System.gc();
          return gone.get() == null;
        });
  }

  private WeakReference<Exchange> servedAndGone() throws Exception {
    Client leaving = new Client(loop);
    assertThat(post(leaving, "body")).isEqualTo("answered");
    group.submit(leaving.exchange::cancel).get(60, TimeUnit.SECONDS);
    return new WeakReference<>(leaving.exchange);
  }
}

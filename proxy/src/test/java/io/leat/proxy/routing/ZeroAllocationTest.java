package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static io.leat.proxy.routing.TableFixture.host;
import static io.leat.proxy.routing.TableFixture.revision;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestHeadWriter;
import io.leat.proxy.http1.RequestRewrite;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.http1.ResponseHeadWriter;
import io.leat.proxy.http1.ResponseRewrite;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteMatch.HeaderMatch;
import io.leat.proxy.table.RouteMatch.PathKind;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.LoopCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Law 2: reading a head, match, pick, select, writing the head and counting allocate nothing. */
final class ZeroAllocationTest {
  private static final int ROUNDS = 100_000;

  private final TableFixture table = new TableFixture();
  private final Draw draw = Draw.xorshift(7);
  private final LoopCounters counters = new LoopCounters();
  private final RequestHead request = new RequestHead(ProxyLimits.DEFAULT);
  private final ResponseHead response = new ResponseHead(ProxyLimits.DEFAULT);
  private final RequestRewrite rewrite = new RequestRewrite();
  private final ResponseRewrite back = new ResponseRewrite();
  private final ByteBuf out = Unpooled.buffer(4096);
  private final RouteCache[] connections = {
    new RouteCache(true), new RouteCache(false), new RouteCache(true)
  };
  private final ByteBuf[] heads = {
    text("GET /a?b=c HTTP/1.1", "Host: plain.test", "User-Agent: x", "Connection: keep-alive"),
    text("PUT /p/42/deep HTTP/1.1", "Host: paths.test", "X-Tag: blue", "Content-Length: 0"),
    text("GET / HTTP/1.1", "Host: plain.test", "X-Forwarded-For: 192.0.2.1", "Accept: */*")
  };
  private final ByteBuf answer =
      text("HTTP/1.1 200 OK", "Server: x", "Content-Type: text/plain", "Content-Length: 2");
  private final RequestView[] requests = {
    new RawRequest("plain.test", "/"),
    new RawRequest("A.B.Wild.test.", "/x"),
    new RawRequest("paths.test", "/p/42/deep/down", "x-tag", "blue"),
    new RawRequest("paths.test", "/none", "x-tag", "red"),
    new RawRequest("absent.test", "/")
  };

  private void fill() {
    List<RouteEntry> entries = new ArrayList<>();
    var blue = List.of(new HeaderMatch("x-tag", "blue"));
    for (int i = 0; i < 100; i++) {
      var match = new RouteMatch(PathKind.SEGMENT, "/p/" + i, blue);
      entries.add(RouteEntry.of("default/paths", match, TableFixture.split("r0", 1, "r1", 9)));
    }
    entries.add(RouteEntry.of("default/paths", RouteMatch.ALL, TableFixture.split("r1", 1)));
    table.apply(
        change()
            .put(host("plain.test", "r0", 1, "r1", 98, "r2", 1), host("*.wild.test", "r2", 1))
            .put(VirtualHost.of("paths.test", entries))
            .put(revision("r0", 80), revision("r1", 81, 82, 83), revision("r2", 84, 85)));
  }

  /** One request from the first decision to the last count; 1 when it was served. */
  private int serve(RequestView request) {
    LiveEntry entry = table.live.current().dispatch(request, true);
    if (entry == null || !(entry.action() instanceof LiveSplit split)) {
      return 0;
    }
    LiveTarget target = split.pick(1);
    LiveRevision revision = target.revision();
    LiveEndpoint endpoint = revision.acquire(draw, 1);
    if (endpoint == null) {
      return 0;
    }
    revision.release(endpoint, RequestHold.NONE);
    counters.request(target.metricsId(), 200);
    return 1;
  }

  private int serveAll(int rounds) {
    int served = 0;
    for (int i = 0; i < rounds; i++) {
      served += serve(requests[i % requests.length]);
    }
    return served;
  }

  /** From the bytes of a client to those for the endpoint, and the answer's way back. */
  private int relay(ByteBuf in, RouteCache connection) {
    if (request.parseAhead(in, 0, in.writerIndex()) < 0) {
      return 0;
    }
    LiveEntry entry = connection.dispatch(table.live.current(), request);
    if (entry == null || !(entry.action() instanceof LiveSplit split)) {
      return 0;
    }
    LiveTarget target = split.pick(1);
    LiveEndpoint endpoint = target.revision().acquire(draw, 1);
    if (endpoint == null) {
      return 0;
    }
    rewrite.setHeaders = target.setHeaders();
    RequestHeadWriter.write(request, rewrite, out.clear());
    int good = response.parseAhead(answer, 0, answer.writerIndex(), false) < 0 ? 0 : 1;
    ResponseHeadWriter.write(response, back, out.clear());
    target.revision().release(endpoint, RequestHold.NONE);
    counters.request(target.metricsId(), response.status());
    return good;
  }

  private int relayAll(int rounds) {
    int relayed = 0;
    for (int i = 0; i < rounds; i++) {
      relayed += relay(heads[i / 3 % heads.length], connections[i % connections.length]);
    }
    return relayed;
  }

  private static ByteBuf text(String... lines) {
    byte[] text = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(US_ASCII);
    return Unpooled.buffer(512).writeBytes(text);
  }

  @Test
  void aRelayedHeadAllocatesNothing() {
    fill();
    rewrite.clientAddress = "192.0.2.7".getBytes(US_ASCII);
    rewrite.via = "leat-1".getBytes(US_ASCII);
    measure(() -> relayAll(ROUNDS), ROUNDS);
  }

  @Test
  void aRequestAllocatesNothing() {
    fill();
    measure(() -> serveAll(ROUNDS), ROUNDS / 5 * 4);
  }

  private static void measure(IntSupplier rounds, int expected) {
    assertThat(rounds.getAsInt()).isEqualTo(expected);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    // The least of a few, since the JVM itself may charge the thread while it compiles.
    for (int attempt = 0; attempt < 5; attempt++) {
      long empty = threads.getThreadAllocatedBytes(thread);
      empty = threads.getThreadAllocatedBytes(thread) - empty;
      long before = threads.getThreadAllocatedBytes(thread);
      int served = rounds.getAsInt();
      long allocated = threads.getThreadAllocatedBytes(thread) - before - empty;
      assertThat(served).isEqualTo(expected);
      least = Math.min(least, allocated);
    }
    assertThat(least).as("bytes over %d requests", ROUNDS).isZero();
  }
}

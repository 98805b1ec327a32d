package io.leat.bench.micro;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestHeadWriter;
import io.leat.proxy.http1.RequestRewrite;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.http1.ResponseHeadWriter;
import io.leat.proxy.http1.ResponseRewrite;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.routing.RouteCache;
import io.leat.proxy.telemetry.LoopCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Everything that is decided, copied and counted for one request and its answer, without I/O. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WholeRequest {
  private static final int HEAD_SIZE = 1024;
  private static final String ANSWER =
      """
      HTTP/1.1 200 OK
      Server: example
      Date: Sat, 21 Nov 2026 12:00:00 GMT
      Content-Type: application/json
      Content-Length: 512
      Connection: keep-alive

      """
          .replace("\n", "\r\n");

  private final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
  private final LiveTable table =
      SampleTable.live(
          SampleTable.table(
              1_000, List.of(SampleTable.host("shop.example.com", SampleTable.revisionId(1)))));
  private final RouteCache connection = new RouteCache(true);
  private final Draw draw = Draw.xorshift(42);
  private final LoopCounters counters = new LoopCounters();
  private final RequestHead request = new RequestHead(ProxyLimits.DEFAULT);
  private final ResponseHead response = new ResponseHead(ProxyLimits.DEFAULT);
  private final RequestRewrite there = new RequestRewrite();
  private final ResponseRewrite back = new ResponseRewrite();
  private final ByteBuf asked = text(RequestHeads.SEVEN + "\r\n");
  private final ByteBuf answered = text(ANSWER);

  /** The rewrite of a client that is no proxy of ours. */
  public WholeRequest() {
    there.clientAddress = "203.0.113.7".getBytes(StandardCharsets.US_ASCII);
    there.via = "leat-0123abcd".getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuf text(String text) {
    return Unpooled.directBuffer(4096).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Both directions; the bytes that would be sent. */
  @Benchmark
  public int bothDirections() {
    int read = request.parseAhead(asked, 0, asked.writerIndex());
    LiveEntry entry = connection.dispatch(table.current(), request);
    if (read < 0 || entry == null || !(entry.action() instanceof LiveSplit split)) {
      throw new IllegalStateException("the sample request was refused");
    }
    LiveTarget target = split.pick(0);
    LiveEndpoint endpoint = target.revision().acquire(draw, 0);
    if (endpoint == null) {
      throw new IllegalStateException("no endpoint");
    }
    there.setHeaders = target.setHeaders();
    ByteBuf forwarded = allocator.directBuffer(HEAD_SIZE);
    int sent = RequestHeadWriter.write(request, there, forwarded);
    forwarded.release();
    if (response.parseAhead(answered, 0, answered.writerIndex(), request.isHead()) < 0) {
      throw new IllegalStateException("the sample answer was refused");
    }
    ByteBuf returned = allocator.directBuffer(HEAD_SIZE);
    sent += ResponseHeadWriter.write(response, back, returned);
    returned.release();
    target.revision().release(endpoint, RequestHold.NONE);
    counters.request(target.metricsId(), response.status());
    return sent;
  }
}

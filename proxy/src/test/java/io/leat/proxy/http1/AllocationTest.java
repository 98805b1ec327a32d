package io.leat.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.leat.proxy.config.ProxyLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Heads cost no garbage once the arrays have grown. */
class AllocationTest {
  private static final int ROUNDS = 100_000;
  private static final String REQUEST =
      Wire.lines(
          "GET /a//b/../c?d=e HTTP/1.1",
          "Host: shop.example:8080",
          "User-Agent: curl/8.5.0",
          "Accept: */*",
          "Accept-Encoding: gzip, br",
          "Connection: keep-alive, x-hop, TE",
          "X-Hop: 1",
          "TE: trailers",
          "Cookie: session=0123456789abcdef",
          "X-Forwarded-For: 198.51.100.1",
          "Content-Length: 010");
  private static final String RESPONSE =
      Wire.lines(
          "HTTP/1.1 200 OK",
          "Server: x",
          "Content-Type: text/plain",
          "Keep-Alive: 5",
          "Content-Length: 12");

  private final RequestHead request = new RequestHead(ProxyLimits.DEFAULT);
  private final ResponseHead response = new ResponseHead(ProxyLimits.DEFAULT);
  private final RequestRewrite rewrite = Wire.rewrite();
  private final ResponseRewrite back = new ResponseRewrite();
  private final ByteBuf in = Unpooled.buffer(4096).writeBytes(Wire.bytes(REQUEST));
  private final ByteBuf answer = Unpooled.buffer(4096).writeBytes(Wire.bytes(RESPONSE));
  private final ByteBuf out = Unpooled.buffer(4096);
  private final byte[] name = Wire.bytes("cookie");
  private final byte[][] names = {Wire.bytes("accept"), Wire.bytes("server")};
  private final byte[] lines = Wire.bytes("x-a: b\r\nx-c: d\r\n");

  private int round() {
    int end = HeadEnd.find(in, 0, in.writerIndex());
    boolean good = request.parse(in, 0, end) == null;
    rewrite.trustedPeer = !rewrite.trustedPeer;
    rewrite.dropped = names;
    rewrite.added = lines;
    back.dropped = names;
    back.added = lines;
    out.clear();
    int written = RequestHeadWriter.write(request, rewrite, out);
    good &= response.parse(answer, 0, answer.writerIndex(), false) == null;
    out.clear();
    written += ResponseHeadWriter.write(response, back, out);
    return good && request.findHeader(name) >= 0 ? written : -1;
  }

  @Test
  void parsingAndWritingAllocatesNothing() {
    for (int i = 0; i < ROUNDS / 5; i++) {
      assertThat(round()).isPositive();
    }
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    int bad = 0;
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < ROUNDS; i++) {
      bad += round() > 0 ? 0 : 1;
    }
    long allocated = threads.getThreadAllocatedBytes(thread) - before;
    assertThat(bad).isZero();
    // What the measurement itself costs; one small object per round would be 1.6 MB.
    assertThat(allocated).isLessThan(16 * 1024);
    in.release();
    answer.release();
    out.release();
  }
}

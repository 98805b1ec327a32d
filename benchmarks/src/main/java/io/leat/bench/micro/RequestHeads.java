package io.leat.bench.micro;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.HeadEnd;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestHeadWriter;
import io.leat.proxy.http1.RequestRewrite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Checking and indexing a request head, and writing it anew for the endpoint. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestHeads {
  /** A usual head without its empty line. */
  static final String SEVEN =
      """
      GET /api/v1/orders/17?expand=items HTTP/1.1
      Host: shop.example.com
      User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
      Accept: application/json
      Accept-Encoding: gzip, deflate, br
      Cookie: session=0123456789abcdef0123456789abcdef
      X-Request-Id: 7d1f8a2c
      Connection: keep-alive
      """
          .replace("\n", "\r\n");

  /** How many header fields the head has. */
  @Param({"7", "30"})
  public int fields;

  private final RequestHead parsed = new RequestHead(ProxyLimits.DEFAULT);
  private final RequestHead kept = new RequestHead(ProxyLimits.DEFAULT);
  private final RequestRewrite rewrite = new RequestRewrite();
  private final ByteBuf in = Unpooled.directBuffer(4096);
  private final ByteBuf out = Unpooled.directBuffer(4096);

  /** Writes the head and parses it once. */
  @Setup
  public void fill() {
    StringBuilder text = new StringBuilder(SEVEN);
    for (int i = 7; i < fields; i++) {
      text.append("X-Field-").append(i).append(": a value of a usual length, ").append(i);
      text.append("\r\n");
    }
    in.clear().writeBytes(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    Rejection refused = kept.parse(in, 0, in.writerIndex());
    if (refused != null) {
      throw new IllegalStateException(refused.toString());
    }
    rewrite.clientAddress = "203.0.113.7".getBytes(StandardCharsets.US_ASCII);
    rewrite.via = "leat-0123abcd".getBytes(StandardCharsets.US_ASCII);
  }

  /** Finds the end, makes every check and the index of fields: what a head in one piece costs. */
  @Benchmark
  public int read() {
    return parsed.parseAhead(in, 0, in.writerIndex());
  }

  /** As {@link #read} in two passes: what a head in several pieces costs when its end arrives. */
  @Benchmark
  public @Nullable Rejection readInTwoPasses() {
    int end = HeadEnd.find(in, 0, in.writerIndex());
    return parsed.parse(in, 0, end);
  }

  /** Every check of the parser, and the index of fields. */
  @Benchmark
  public @Nullable Rejection parse() {
    return parsed.parse(in, 0, in.writerIndex());
  }

  /** Forwarding fields added, fields of one hop removed. */
  @Benchmark
  public int rewrite() {
    out.clear();
    return RequestHeadWriter.write(kept, rewrite, out);
  }
}

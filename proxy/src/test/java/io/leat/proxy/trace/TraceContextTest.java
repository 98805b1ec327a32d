package io.leat.proxy.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestHeadWriter;
import io.leat.proxy.http1.RequestRewrite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of W3C Trace Context for a party that forwards. */
class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String VALID = "00-" + TRACE + "-" + PARENT + "-01";
  private static final String PATTERN = "00-[0-9a-f]{32}-[0-9a-f]{16}-01";

  private final RequestHead head = new RequestHead(ProxyLimits.DEFAULT);
  private final RequestRewrite rewrite = new RequestRewrite();

  /** The trace fields that an endpoint gets for the fields of a client. */
  private List<String> forwarded(TraceContext context, String... fields) {
    String text = "GET / HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields);
    text += fields.length == 0 ? "\r\n" : "\r\n\r\n";
    ByteBuf in = Unpooled.copiedBuffer(text, ISO_8859_1);
    ByteBuf out = Unpooled.buffer();
    assertThat(head.parse(in, 0, in.writerIndex())).isNull();
    context.apply(head, rewrite);
    RequestHeadWriter.write(head, rewrite, out);
    List<String> found = new ArrayList<>();
    for (String line : out.toString(ISO_8859_1).split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("trace")) {
        found.add(line);
      }
    }
    in.release();
    out.release();
    return found;
  }

  private static TraceContext never() {
    return new TraceContext(0, Draw.xorshift(1));
  }

  private static TraceContext always() {
    return new TraceContext(1, Draw.xorshift(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        VALID,
        "00-" + TRACE + "-" + PARENT + "-00",
        "00-" + TRACE + "-" + PARENT + "-ff",
        "cc-" + TRACE + "-" + PARENT + "-01",
        "cc-" + TRACE + "-" + PARENT + "-01-what-the-future-brings",
        "01-" + TRACE + "-" + PARENT + "-01-",
        "fe-00000000000000000000000000000001-0000000000000001-00",
      })
  void validOnesPassUnchanged(String value) {
    for (TraceContext context : List.of(never(), always())) {
      assertThat(forwarded(context, "TraceParent: " + value, "tracestate: a=1", "tracestate: b=2"))
          .containsExactly("TraceParent: " + value, "tracestate: a=1", "tracestate: b=2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-" + TRACE + "-" + PARENT + "-01",
        "00-00000000000000000000000000000000-" + PARENT + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
        "00-" + TRACE + "-00F067AA0BA902B7-01",
        "0A-" + TRACE + "-" + PARENT + "-01",
        "00-" + TRACE + "-" + PARENT + "-0A",
        "00-" + TRACE + "-" + PARENT + "-0",
        "00-" + TRACE + "-" + PARENT + "-011",
        "00-" + TRACE + "-" + PARENT + "-01-",
        "00-" + TRACE + "-" + PARENT + "-01-extra",
        "cc-" + TRACE + "-" + PARENT + "-01extra",
        "00-4bf92f3577b34da6a3ce929d0e0e473-" + PARENT + "-01",
        "00-" + TRACE + "0-" + PARENT + "-01",
        "00-" + TRACE + "-" + PARENT + ".01",
        "00_" + TRACE + "-" + PARENT + "-01",
        "00-" + TRACE + "_" + PARENT + "-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-" + PARENT + "-01",
        "000-" + TRACE + "-" + PARENT + "-01",
        VALID + ", " + VALID,
      })
  void invalidOnesAreDroppedWithTheirState(String value) {
    assertThat(forwarded(never(), "traceparent: " + value, "Tracestate: a=1", "X: y")).isEmpty();
    assertThat(forwarded(always(), "traceparent: " + value, "tracestate: a=1"))
        .singleElement()
        .asString()
        .matches("traceparent: " + PATTERN)
        .doesNotContain(TRACE);
  }

  @Test
  void twoParentsAreNone() {
    String field = "traceparent: " + VALID;
    assertThat(forwarded(never(), field, field, "tracestate: a=1")).isEmpty();
  }

  @Test
  void aStateWithoutParentIsDropped() {
    assertThat(forwarded(never(), "tracestate: a=1")).isEmpty();
  }

  @Test
  void startsWithFreshIds() {
    TraceContext context = always();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      List<String> fields = forwarded(context);
      assertThat(fields).singleElement().asString().matches("traceparent: " + PATTERN);
      assertThat(ids.add(fields.getFirst())).isTrue();
    }
  }

  @Test
  void neverStartsWithZeroIds() {
    int[] bits = {0, 0, 0, 0, 0, 0x1, 0, 0, 0, 0, 0, 0, 0x2};
    int[] at = {0};
    TraceContext context = new TraceContext(1, () -> bits[at[0]++]);
    assertThat(forwarded(context))
        .containsExactly("traceparent: 00-00000001000000000000000000000000-0000000000000002-01");
  }

  @Test
  void startsItsShareOnly() {
    TraceContext context = new TraceContext(0.25, Draw.xorshift(7));
    int started = 0;
    for (int i = 0; i < 10_000; i++) {
      started += forwarded(context).size();
    }
    assertThat(started).isBetween(2_300, 2_700);
    assertThat(forwarded(never())).isEmpty();
  }

  @Test
  void aRouteThatSetsTheFieldWins() {
    rewrite.setHeaders = new byte[][] {"traceparent".getBytes(ISO_8859_1), {'x'}};
    assertThat(forwarded(always())).containsExactly("traceparent: x");
  }
}

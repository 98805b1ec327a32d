package io.leat.proxy.trace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.leat.proxy.accesslog.AccessTrail;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestRewrite;

/**
 * Decides what an endpoint gets to see as {@code traceparent} and {@code tracestate}. One per event
 * loop.
 *
 * <p>A valid {@code traceparent} passes as it came, with its {@code tracestate}. An invalid one, a
 * second one, or a {@code tracestate} on its own is dropped (W3C Trace Context, section 4.3). A
 * request that is left without one starts a sampled trace when its draw says so.
 */
public final class TraceContext {
  private static final byte[] NAME = "traceparent".getBytes(US_ASCII);
  private static final byte[] TEMPLATE =
      "00-00000000000000000000000000000000-0000000000000000-01".getBytes(US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final int TRACE_ID = 3;
  private static final int PARENT_ID = 36;
  private static final int DIGITS_PER_DRAW = 8;
  private static final double ALL = 0x1p32;

  private final long threshold;
  private final Draw draw;
  private final byte[] started = TEMPLATE.clone();

  /**
   * A decision that starts traces for some requests.
   *
   * @param sample the share of requests without a trace that start one, 0 to 1
   */
  public TraceContext(double sample, Draw draw) {
    this.threshold = (long) (sample * ALL);
    this.draw = draw;
  }

  /** Sets the trace fields of {@code rewrite} for a request. */
  public void apply(RequestHead head, RequestRewrite rewrite) {
    boolean came = head.hasTraceContext();
    boolean valid = came && isValid(head);
    rewrite.dropTrace = came && !valid;
    rewrite.traceparent = null;
    if (!valid && threshold > 0 && Integer.toUnsignedLong(draw.next()) < threshold) {
      start();
      rewrite.traceparent = started;
    }
  }

  /** Notes the {@code traceparent} that the endpoint gets, after {@link #apply}. */
  public void tell(RequestHead head, RequestRewrite rewrite, AccessTrail access) {
    byte[] mine = rewrite.traceparent;
    if (!access.active()) {
      return;
    }
    if (mine != null) {
      access.traced(mine, 0, mine.length);
    } else if (head.hasTraceContext() && !rewrite.dropTrace) {
      int field = head.findHeader(NAME);
      access.traced(head.bytes(), head.valueStart(field), head.valueEnd(field));
    }
  }

  private static boolean isValid(RequestHead head) {
    int field = head.findHeader(NAME);
    return field >= 0
        && head.findHeader(NAME, field + 1) < 0
        && TraceParent.isValid(head.bytes(), head.valueStart(field), head.valueEnd(field));
  }

  private void start() {
    do {
      fill(TRACE_ID, 4);
    } while (isZero(TRACE_ID, 4));
    do {
      fill(PARENT_ID, 2);
    } while (isZero(PARENT_ID, 2));
  }

  private void fill(int at, int draws) {
    for (int i = 0; i < draws; i++) {
      int bits = draw.next();
      for (int digit = 0; digit < DIGITS_PER_DRAW; digit++) {
        started[at + i * DIGITS_PER_DRAW + digit] = HEX[bits >>> 28];
        bits <<= 4;
      }
    }
  }

  private boolean isZero(int at, int draws) {
    for (int i = at; i < at + draws * DIGITS_PER_DRAW; i++) {
      if (started[i] != '0') {
        return false;
      }
    }
    return true;
  }
}

package io.leat.proxy.fanout.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.fanout.delivery.Courier.Attempt;
import io.leat.proxy.fanout.delivery.Courier.Parcel;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.upstream.Deadline;
import io.leat.proxy.upstream.Downstream;
import io.leat.proxy.upstream.Exchange;
import io.leat.proxy.upstream.Expiring;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way as a request, and as much of the answer as means something. Used by one
 * event loop.
 *
 * <p>The time of the try begins when an endpoint takes the request: to wait for a revision that
 * wakes up is no try. Of an answer that nobody reads, or that reports an error, a little is read
 * and thrown away so that the connection can be used again; beyond that it is closed.
 */
final class EventPost implements Downstream, Expiring {
  private static final int ERROR_BYTES = 1024;
  private static final int IGNORED_BYTES = 64 * 1024;
  private static final byte[] NOTHING = {};
  private static final Set<Rejection> NO_CAPACITY =
      Set.of(
          Rejection.HOLD_FULL,
          Rejection.HOLD_TIMEOUT,
          Rejection.CONNECTION_LIMIT,
          Rejection.OVERLOADED,
          Rejection.DRAINING,
          Rejection.RESPONSE_TIMEOUT);

  private final HttpCourier courier;
  private final LoopContext loop;
  private final Parcel parcel;
  private final boolean outside;
  private final Consumer<Attempt> ended;
  private final Exchange exchange;
  private final Deadline deadline = new Deadline(this);
  private @Nullable ByteArrayOutputStream kept;
  private Map<String, List<String>> headers = Map.of();
  private int status;
  private long received;
  private boolean forwarded;
  private boolean bodySent;
  private boolean over;

  /**
   * A request that is not sent yet.
   *
   * @param outside whether it goes to a place that the table does not know
   */
  EventPost(
      HttpCourier courier,
      LoopContext loop,
      Parcel parcel,
      boolean outside,
      Consumer<Attempt> ended) {
    this.courier = courier;
    this.loop = loop;
    this.parcel = parcel;
    this.outside = outside;
    this.ended = ended;
    this.exchange = new Exchange(loop, this);
  }

  /** Sends it; the ownership of {@code head} passes. */
  void start(LiveTarget target, ByteBuf head, RequestHead parsed) {
    loop.wheel().arm(deadline, loop.now() + parcel.timeoutNanos());
    exchange.start(target, head, parsed, parcel.body().length);
  }

  @Override
  public void expired(long nowNanos) {
    if (over) {
      return;
    }
    if (exchange.held()) {
      loop.wheel().arm(deadline, nowNanos + parcel.timeoutNanos());
      return;
    }
    long due = exchange.forwardedNanos() + parcel.timeoutNanos();
    if (due - nowNanos > 0) {
      loop.wheel().arm(deadline, due);
      return;
    }
    exchange.cancel();
    boolean error = status >= 300;
    finish(error ? answered() : new Attempt.Failed(Rejection.RESPONSE_TIMEOUT));
  }

  /** Requests outside the table belong to no route and are not counted for one. */
  @Override
  public boolean mirrored() {
    return outside;
  }

  @Override
  public void takeBody() {
    if (over) {
      return;
    }
    forwarded = true;
    if (!bodySent && exchange.takesBody()) {
      bodySent = true;
      if (parcel.body().length > 0) {
        exchange.fromClient(Unpooled.wrappedBuffer(parcel.body()));
      }
      exchange.requestDone();
      exchange.flushLater();
    }
  }

  @Override
  public void reject(Rejection rejection) {
    boolean tried = forwarded || !NO_CAPACITY.contains(rejection);
    finish(tried ? new Attempt.Failed(rejection) : new Attempt.NotTried(rejection));
  }

  @Override
  public void informational(ResponseHead interim) {}

  @Override
  public void head(ResponseHead answer) {
    status = answer.status();
    headers = headers(answer);
  }

  private static Map<String, List<String>> headers(ResponseHead answer) {
    Map<String, List<String>> all = Map.of();
    byte[] bytes = answer.bytes();
    for (int i = 0; i < answer.fieldCount(); i++) {
      int start = answer.nameStart(i);
      if (!mayMean(bytes, start, answer.nameEnd(i) - start)) {
        continue;
      }
      String name =
          new String(bytes, start, answer.nameEnd(i) - start, ISO_8859_1).toLowerCase(Locale.ROOT);
      if (means(name)) {
        int from = answer.valueStart(i);
        all = all.isEmpty() ? new HashMap<>() : all;
        all.computeIfAbsent(name, _ -> new ArrayList<>(1))
            .add(new String(bytes, from, answer.valueEnd(i) - from, ISO_8859_1));
      }
    }
    return all;
  }

  /** Rules most of the names out, of which no text is worth making. */
  private static boolean mayMean(byte[] bytes, int start, int length) {
    int second = length > 1 ? bytes[start + 1] | 0x20 : 0;
    return switch (bytes[start] | 0x20) {
      case 'c' -> second == 'e' || length == "content-type".length();
      case 'k', 't', 'x' -> true;
      case 'r' -> length == "retry-after".length();
      default -> false;
    };
  }

  /** Whether a field of an answer says something of events. */
  private static boolean means(String name) {
    return name.startsWith("ce-")
        || name.startsWith("knative-")
        || name.startsWith("x-b3-")
        || name.equals("content-type")
        || name.equals("retry-after")
        || name.equals("traceparent")
        || name.equals("tracestate")
        || name.equals("x-request-id");
  }

  private boolean good() {
    return status >= 200 && status < 300;
  }

  private int wanted() {
    return good() ? parcel.replyBytes() : ERROR_BYTES;
  }

  @Override
  public void body(ByteBuf data) {
    if (over) {
      data.release();
      return;
    }
    int length = data.readableBytes();
    received += length;
    ByteArrayOutputStream into = kept == null ? new ByteArrayOutputStream(length) : kept;
    kept = into;
    try {
      data.readBytes(into, Math.min(length, wanted() - into.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      data.release();
    }
    boolean read = good() && parcel.replyBytes() > 0;
    if (received > (read ? wanted() : IGNORED_BYTES)) {
      exchange.cancel();
      finish(read ? new Attempt.TooLarge(status) : answered());
    }
  }

  private Attempt answered() {
    return new Attempt.Answered(status, headers, kept == null ? NOTHING : kept.toByteArray());
  }

  @Override
  public void end() {
    finish(answered());
  }

  @Override
  public void abort() {
    finish(good() ? new Attempt.Failed(Rejection.UPSTREAM_CLOSED) : answered());
  }

  @Override
  public void tunnel(ResponseHead answer) {
    exchange.cancel();
    finish(new Attempt.Failed(Rejection.UPSTREAM_PROTOCOL));
  }

  @Override
  public void tunnelClosed() {
    finish(new Attempt.Failed(Rejection.UPSTREAM_PROTOCOL));
  }

  /** Gives it up and tells nobody. */
  void stop() {
    if (!over) {
      over = true;
      loop.wheel().remove(deadline);
      exchange.cancel();
    }
  }

  private void finish(Attempt attempt) {
    if (!over) {
      over = true;
      loop.wheel().remove(deadline);
      courier.ended(this);
      ended.accept(attempt);
    }
  }

  @Override
  public void tunnelInputEnded() {}

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public void flushLater() {}

  @Override
  public void flush() {}
}

package io.leat.proxy.server;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.BodyReader;
import io.leat.proxy.http1.Framing;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.mirror.MirroredRequest;
import io.leat.proxy.upstream.Exchange;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The body of the request that runs, on its way to the endpoint. Used by one event loop. */
final class RequestBody implements BodyReader.Sink {
  private final LoopContext loop;
  private final ReceivedBytes received;
  private final BodyReader reader = new BodyReader();
  private @Nullable Exchange target;
  private @Nullable MirroredRequest mirror;
  private boolean continueAwaited;
  private long limit;

  RequestBody(LoopContext loop, ReceivedBytes received) {
    this.loop = loop;
    this.received = received;
  }

  /** Returns whether its announced length is allowed. */
  boolean start(RequestHead head) {
    continueAwaited = head.expectContinue();
    reader.dechunk(false);
    reader.start(head.framing(), head.contentLength(), true);
    limit = 0;
    return limit(head, loop.limits().bodyBytes());
  }

  /** Adds a limit in bytes, 0 for none; returns whether the announced length is allowed. */
  boolean limit(RequestHead head, long bytes) {
    limit = limit == 0 || (bytes > 0 && bytes < limit) ? bytes : limit;
    return !tooLong(head.contentLength());
  }

  /** The request could not be read, so its body has no end. */
  void startEndless() {
    reader.start(Framing.UNTIL_CLOSE, -1, false);
  }

  /** What gets a copy of the body, or null. */
  void mirror(@Nullable MirroredRequest copy) {
    mirror = copy;
  }

  /** The request is over. */
  void over() {
    MirroredRequest copy = mirror;
    mirror = null;
    if (copy != null) {
      copy.originalEnded();
    }
  }

  /** Passes on what has arrived. */
  void pass(Exchange to) {
    ByteBuf in = received.peek();
    if (in != null && !reader.done()) {
      target = to;
      reader.read(in, this);
      target = null;
    }
    MirroredRequest copy = mirror;
    if (copy != null) {
      copy.passed(reader.done() && !reader.failed());
    }
  }

  /** What follows is passed on without chunk framing. */
  void dechunk() {
    reader.dechunk(true);
  }

  /** Passes on what has arrived, to somebody who is no endpoint. */
  void passTo(BodyReader.Sink sink) {
    ByteBuf in = received.peek();
    if (in != null && !reader.done()) {
      reader.read(in, sink);
    }
  }

  @Override
  public void accept(ByteBuf slice) {
    Exchange to = target;
    if (to == null) {
      slice.release();
    } else {
      MirroredRequest copy = mirror;
      if (copy != null) {
        copy.offer(slice);
      }
      to.fromClient(slice);
    }
  }

  /** Why the request cannot go on, or null. */
  @Nullable Rejection broken() {
    if (reader.failed()) {
      return Rejection.BAD_REQUEST;
    }
    return tooLong(reader.bytes()) ? Rejection.BODY_TOO_LARGE : null;
  }

  private boolean tooLong(long bytes) {
    return limit > 0 && bytes > limit;
  }

  boolean done() {
    return reader.done();
  }

  long bytes() {
    return reader.bytes();
  }

  /** The endpoint said that it wants the body. */
  void wanted() {
    continueAwaited = false;
  }

  /** Whether the client may wait for the endpoint to want the body (RFC 9110 section 10.1.1). */
  boolean held() {
    return continueAwaited && reader.bytes() == 0;
  }
}

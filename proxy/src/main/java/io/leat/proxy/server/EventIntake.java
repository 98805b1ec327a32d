package io.leat.proxy.server;

import io.leat.proxy.fanout.ingress.IngressAnswer;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.BodyReader;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * One request to a Channel: keeps its body until that is whole, and hands both over. Its size is
 * bounded by the limit of the body. Used by one event loop.
 */
final class EventIntake implements BodyReader.Sink, IngressAnswer {
  private static final int FIRST_SIZE = 2048;

  /** A length that a client only announces gets no more memory than this at once. */
  private static final int MOST_AT_ONCE = 64 * 1024;

  private static final byte[] NOTHING = {};

  private final Http1Connection connection;
  private final LoopContext loop;
  private final EventIngress ingress;
  private final ChannelId channel;
  private byte[] head = NOTHING;
  private byte[] body;
  private int size;
  private boolean handedOver;
  private boolean over;

  EventIntake(
      Http1Connection connection,
      LoopContext loop,
      EventIngress ingress,
      ChannelId channel,
      long announced) {
    this.connection = connection;
    this.loop = loop;
    this.ingress = ingress;
    this.channel = channel;
    this.body =
        announced == 0
            ? NOTHING
            : new byte[(int) Math.min(announced < 0 ? FIRST_SIZE : announced, MOST_AT_ONCE)];
  }

  /** The rest of the body comes later, when the head that the loop shares is another. */
  void keepHead(RequestHead parsed) {
    head = parsed.copy();
  }

  /** Hands over what is whole; the head is the one that the loop parsed last. */
  void complete(RequestHead parsed) {
    handedOver = true;
    byte[] whole = size == body.length ? body : Arrays.copyOf(body, size);
    body = NOTHING;
    ingress.accept(loop, channel, parsed, whole, this);
  }

  /** Hands over what is whole after the head was kept. */
  void completeLater() {
    RequestHead parsed = loop.requestHead();
    Rejection changed = parsed.parse(Unpooled.wrappedBuffer(head), 0, head.length);
    if (changed != null) {
      throw new IllegalStateException("a good head became " + changed);
    }
    head = NOTHING;
    complete(parsed);
  }

  /** Whether the request was handed over, and its answer is awaited. */
  boolean handedOver() {
    return handedOver;
  }

  /** The client has left, or has its answer. */
  void over() {
    over = true;
    body = NOTHING;
    head = NOTHING;
  }

  /** Memory that the request keeps. */
  int bytes() {
    return body.length + head.length;
  }

  @Override
  public boolean copied(ByteBuf in, int length) {
    if (length > body.length - size) {
      body = Arrays.copyOf(body, Math.max(size + length, 2 * body.length));
    }
    in.readBytes(body, size, length);
    size += length;
    return true;
  }

  @Override
  public void accept(ByteBuf slice) {
    copied(slice, slice.readableBytes());
    slice.release();
  }

  @Override
  public void answer(OwnAnswer answer) {
    if (!over) {
      connection.answerEvent(answer);
    }
  }

  @Override
  public void refuse(Rejection rejection, OwnAnswer answer) {
    if (!over) {
      connection.refuseEvent(rejection, answer);
    }
  }
}

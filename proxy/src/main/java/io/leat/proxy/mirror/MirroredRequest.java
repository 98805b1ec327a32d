package io.leat.proxy.mirror;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.telemetry.MirrorOutcome;
import io.leat.proxy.upstream.Downstream;
import io.leat.proxy.upstream.Exchange;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The second sending of one request: gets the parts of its body as they pass, keeps what its own
 * endpoint does not take yet, and throws the answer away.
 *
 * <p>The parts share memory with the request that is copied, so a small part may keep a large
 * buffer alive; each counts as {@link #LEAST_COST} bytes at least. Used by one event loop.
 */
public final class MirroredRequest implements Downstream {
  private static final int LEAST_COST = 2048;

  private final Mirrors owner;
  private final Exchange exchange;
  private final LiveTarget target;
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
  private @Nullable ByteBuf head;
  private long waitingCost;
  private boolean whole;
  private boolean over;

  /**
   * A request that is not sent yet.
   *
   * @param head as its endpoint will get it; ownership passes
   * @param whole whether it has no body
   */
  MirroredRequest(Mirrors owner, LoopContext loop, LiveTarget target, ByteBuf head, boolean whole) {
    this.owner = owner;
    this.target = target;
    this.head = head;
    this.whole = whole;
    this.exchange = new Exchange(loop, this);
  }

  /** Sends it, after the request that it copies is on its way. */
  public void start(RequestHead parsed) {
    ByteBuf text = head;
    head = null;
    if (text != null) {
      exchange.start(target, text, parsed, 0);
    }
  }

  /** A part of the body passes; the caller keeps its ownership. */
  public void offer(ByteBuf part) {
    if (over) {
      return;
    }
    waiting.add(part.retainedDuplicate());
    waitingCost += cost(part);
    pass();
    if (!over && waitingCost + exchange.bufferedBytes() > owner.bytes()) {
      drop(MirrorOutcome.DROPPED_SLOW);
    }
  }

  /**
   * What has passed so far may be sent.
   *
   * @param bodyEnds whether that was all of the body
   */
  public void passed(boolean bodyEnds) {
    whole |= bodyEnds;
    takeBody();
  }

  /** The request that is copied is over. */
  public void originalEnded() {
    if (!over && !whole) {
      drop(MirrorOutcome.DROPPED_UNFINISHED);
    }
  }

  void stop() {
    drop(MirrorOutcome.FAILED);
  }

  private static long cost(ByteBuf part) {
    return Math.max(LEAST_COST, part.readableBytes());
  }

  private void pass() {
    while (!over && exchange.takesBody() && exchange.endpointHasRoom()) {
      ByteBuf next = waiting.poll();
      if (next == null) {
        break;
      }
      waitingCost -= cost(next);
      exchange.fromClient(next);
    }
    if (!over && whole && waiting.isEmpty() && exchange.takesBody()) {
      exchange.requestDone();
    }
  }

  private void drop(MirrorOutcome outcome) {
    if (!over) {
      over = true;
      exchange.cancel();
      finish(outcome);
    }
  }

  /** The exchange is over. */
  private void finish(MirrorOutcome outcome) {
    over = true;
    ByteBuf unsent = head;
    head = null;
    if (unsent != null) {
      unsent.release();
    }
    ByteBuf part;
    while ((part = waiting.poll()) != null) {
      part.release();
    }
    owner.ended(this, outcome);
  }

  @Override
  public boolean mirrored() {
    return true;
  }

  @Override
  public void takeBody() {
    if (!over) {
      pass();
      exchange.flushLater();
    }
  }

  @Override
  public void reject(Rejection rejection) {
    boolean full = rejection == Rejection.CONNECTION_LIMIT;
    finish(full ? MirrorOutcome.DROPPED_UNAVAILABLE : MirrorOutcome.FAILED);
  }

  @Override
  public void body(ByteBuf data) {
    data.release();
  }

  @Override
  public void end() {
    finish(MirrorOutcome.SENT);
  }

  @Override
  public void abort() {
    finish(MirrorOutcome.FAILED);
  }

  @Override
  public void tunnel(ResponseHead answer) {
    drop(MirrorOutcome.FAILED);
  }

  @Override
  public void tunnelClosed() {
    finish(MirrorOutcome.FAILED);
  }

  @Override
  public void tunnelInputEnded() {}

  @Override
  public void informational(ResponseHead interim) {}

  @Override
  public void head(ResponseHead answer) {}

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public void flushLater() {}

  @Override
  public void flush() {}
}

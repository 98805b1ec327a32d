package io.leat.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayList;

/**
 * The connections of one event loop that are flushed when its turn ends: after every socket that
 * was ready has been read, before the loop waits again.
 *
 * <p>What a turn produces for one connection then leaves in one system call, however many reads it
 * came from, and peers are woken after the reading rather than in between. Used by one event loop.
 */
public final class TurnFlush implements Runnable {
  private final SingleThreadEventLoop eventLoop;
  private ArrayList<Flushable> waiting = new ArrayList<>();
  private ArrayList<Flushable> flushing = new ArrayList<>();

  /** Something with bytes to send; it ignores a call that finds none. */
  public interface Flushable {
    /** Sends what was written. */
    void flush();
  }

  TurnFlush(EventLoop eventLoop) {
    this.eventLoop = (SingleThreadEventLoop) eventLoop;
  }

  /** Flushes {@code connection} when the turn ends; the caller calls once per turn. */
  public void later(Flushable connection) {
    if (waiting.isEmpty()) {
      eventLoop.executeAfterEventLoopIteration(this);
    }
    waiting.add(connection);
  }

  @Override
  public void run() {
    ArrayList<Flushable> now = waiting;
    // What a flush brings about, such as a write that failed, may add to the next turn.
    waiting = flushing;
    flushing = now;
    for (int i = 0; i < now.size(); i++) {
      now.get(i).flush();
    }
    now.clear();
  }
}

package io.leat.proxy.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Whether the listeners accept: not while there are too many connections, too little memory, or no
 * descriptors. Clients that come meanwhile wait in the kernel.
 *
 * <p>Any thread. Event loops that accept at the same moment may pass the limit by one connection
 * each.
 */
public final class AcceptGate {
  private static final int RESERVE = 32;

  /** Why accepting stops. */
  public enum Reason {
    /** {@code proxy.max-connections} are open. */
    CONNECTIONS,
    /** Buffer memory is short. */
    MEMORY,
    /** The system refused to make a socket. */
    DESCRIPTORS;

    /** The value of the metric label {@code reason}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final int max;
  private final int resumeAt;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLongArray pauses = new AtomicLongArray(Reason.values().length);
  private final Set<Channel> listeners = new CopyOnWriteArraySet<>();
  private volatile int reasons;

  /** A gate that is open for {@code maxConnections}, at least 1. */
  public AcceptGate(int maxConnections) {
    this.max = maxConnections;
    this.resumeAt = maxConnections - 1 - maxConnections / RESERVE;
  }

  /** The handler of one listener, in front of what accepts. */
  public ChannelHandler listener() {
    return new AcceptFailures(this);
  }

  void add(Channel listener) {
    listeners.add(listener);
    apply(listener);
  }

  void remove(Channel listener) {
    listeners.remove(listener);
  }

  /** A connection was accepted. */
  public void opened() {
    if (open.incrementAndGet() >= max) {
      pause(Reason.CONNECTIONS);
      // One that was closed before the pause was visible has not ended it.
      resumeBelowLimit();
    }
  }

  /** A connection was closed. */
  public void closed() {
    open.decrementAndGet();
    resumeBelowLimit();
  }

  private void resumeBelowLimit() {
    if (pausedFor(Reason.CONNECTIONS) && open.get() <= resumeAt) {
      resume(Reason.CONNECTIONS);
    }
  }

  /** Connections now. */
  public int connections() {
    return open.get();
  }

  /** Tells whether memory is too short for another client. */
  public void memoryShort(boolean tooShort) {
    if (tooShort) {
      pause(Reason.MEMORY);
    } else {
      resume(Reason.MEMORY);
    }
  }

  /** Whether nobody is accepted. */
  public boolean paused() {
    return reasons != 0;
  }

  /** How often accepting stopped for a reason. */
  public long pauses(Reason reason) {
    return pauses.get(reason.ordinal());
  }

  void pause(Reason reason) {
    if (set(reason, true)) {
      pauses.incrementAndGet(reason.ordinal());
      listeners.forEach(this::apply);
    }
  }

  void resume(Reason reason) {
    if (set(reason, false)) {
      listeners.forEach(this::apply);
    }
  }

  private boolean pausedFor(Reason reason) {
    return (reasons & bit(reason)) != 0;
  }

  private boolean set(Reason reason, boolean on) {
    if (pausedFor(reason) == on) {
      return false;
    }
    synchronized (this) {
      if (pausedFor(reason) == on) {
        return false;
      }
      reasons ^= bit(reason);
      return true;
    }
  }

  private static int bit(Reason reason) {
    return 1 << reason.ordinal();
  }

  void apply(Channel listener) {
    if (listener.eventLoop().inEventLoop()) {
      switchReading(listener);
      return;
    }
    try {
      listener.eventLoop().execute(() -> switchReading(listener));
    } catch (RejectedExecutionException stopped) {
      // The event loop has ended, and its listener with it.
      listeners.remove(listener);
    }
  }

  private void switchReading(Channel listener) {
    boolean accept = !paused();
    if (listener.isOpen() && listener.config().isAutoRead() != accept) {
      listener.config().setAutoRead(accept);
    }
  }
}

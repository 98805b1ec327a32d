package io.leat.proxy.balance;

import io.leat.proxy.table.Endpoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The live state of one endpoint of one revision: requests in flight, connections, and whether it
 * is ejected.
 *
 * <p>It outlives table versions: a new router takes over the state of every endpoint that stays, so
 * an endpoint that leaves the table and comes back while requests still run keeps its count. Slots
 * are taken and given back by any event loop, without a lock.
 */
public final class LiveEndpoint {
  private static final int MAX_LOOPS = 64;
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle IDLE = field("idle", int[].class);
  private static final VarHandle IN_FLIGHT = field("inFlight", int.class);
  private static final VarHandle CONNECTIONS = field("connections", int.class);
  private static final VarHandle FAILURES = field("failures", int.class);
  private static final VarHandle EJECTIONS = field("ejections", int.class);
  private static final VarHandle EJECTED_UNTIL = field("ejectedUntil", long.class);

  private final Endpoint endpoint;

  @SuppressWarnings("unused") // through IN_FLIGHT
  private volatile int inFlight;

  @SuppressWarnings("unused") // through CONNECTIONS
  private volatile int connections;

  @SuppressWarnings("unused") // through FAILURES
  private volatile int failures;

  @SuppressWarnings("unused") // through EJECTIONS
  private volatile int ejections;

  @SuppressWarnings("unused") // through EJECTED_UNTIL
  private volatile long ejectedUntil;

  /** Idle connections by event loop; there from the first on. */
  private volatile int[] idle = {};

  /** A fresh endpoint with nothing in flight. */
  public LiveEndpoint(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(LiveEndpoint.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Where it is. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Requests in flight from this proxy. */
  public int inFlight() {
    return (int) IN_FLIGHT.getOpaque(this);
  }

  /**
   * Takes a slot; the caller owes one {@link #release()}.
   *
   * @param limit requests in flight at most; 0 for no limit
   * @return false when the endpoint is full, and nothing was taken
   */
  public boolean tryAcquire(int limit) {
    if (limit == 0) {
      IN_FLIGHT.getAndAdd(this, 1);
      return true;
    }
    while (true) {
      int now = (int) IN_FLIGHT.getVolatile(this);
      if (now >= limit) {
        return false;
      }
      if (IN_FLIGHT.weakCompareAndSet(this, now, now + 1)) {
        return true;
      }
    }
  }

  /** Gives a slot back; tell {@link RequestHold#capacityFreed} when requests wait. */
  public void release() {
    IN_FLIGHT.getAndAdd(this, -1);
  }

  /** Connections from all event loops, in use, being opened and pooled. */
  public int connections() {
    return (int) CONNECTIONS.getOpaque(this);
  }

  /** An event loop opened a connection, or closed one ({@code -1}). */
  public void countConnection(int change) {
    CONNECTIONS.getAndAdd(this, change);
  }

  /** An event loop, which alone writes its cell, has so many idle connections. */
  public void idleConnections(int loop, int count) {
    int[] cells = idle;
    if (cells.length == 0) {
      IDLE.compareAndSet(this, cells, new int[MAX_LOOPS]);
      cells = idle;
    }
    CELL.setOpaque(cells, loop % MAX_LOOPS, count);
  }

  /** Idle connections of an event loop, as it said last; any thread. */
  public int idleConnections(int loop) {
    int[] cells = idle;
    return cells.length == 0 ? 0 : (int) CELL.getOpaque(cells, loop % MAX_LOOPS);
  }

  /** Whether it failed so often that requests go elsewhere for a while. */
  public boolean ejected() {
    return (long) EJECTED_UNTIL.getOpaque(this) != 0;
  }

  /** Whether anything is held against it. */
  boolean suspect() {
    return (int) FAILURES.getOpaque(this) != 0 || (int) EJECTIONS.getOpaque(this) != 0;
  }

  /** When the ejection ends, in nanoseconds of the process's ticker; 0 when it is not ejected. */
  long ejectedUntil() {
    return (long) EJECTED_UNTIL.getVolatile(this);
  }

  /** Ejections since it last answered. */
  int ejections() {
    return (int) EJECTIONS.getVolatile(this);
  }

  /** Returns the failures since the last answer, with this one. */
  int countFailure() {
    return (int) FAILURES.getAndAdd(this, 1) + 1;
  }

  /** Returns false when another event loop ejected it already. */
  boolean eject(long untilNanos) {
    if (!EJECTED_UNTIL.compareAndSet(this, 0L, untilNanos)) {
      return false;
    }
    EJECTIONS.getAndAdd(this, 1);
    return true;
  }

  /** Ends an ejection, on probation; returns false when it is over already. */
  boolean readmit(long untilNanos) {
    if ((long) EJECTED_UNTIL.getVolatile(this) != untilNanos) {
      return false;
    }
    FAILURES.setVolatile(this, OutlierDetector.FAILURES - 1);
    return EJECTED_UNTIL.compareAndSet(this, untilNanos, 0L);
  }

  /** It answered. */
  void forgive() {
    FAILURES.setVolatile(this, 0);
    EJECTIONS.setVolatile(this, 0);
  }
}

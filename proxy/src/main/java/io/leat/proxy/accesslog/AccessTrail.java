package io.leat.proxy.accesslog;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.RevisionId;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of one request while it runs, for the access log and for those who watch requests.
 * Every method is a check of one boolean when nobody wants the request; whether anybody does is
 * found out once, by {@link LoopAccessLog#begin}. Used by one event loop, which uses it again for
 * another request after {@link #end}: a connection keeps none while it is idle.
 */
public final class AccessTrail {
  /** Notes nothing. */
  public static final AccessTrail OFF = new AccessTrail(LoopAccessLog.OFF);

  private static final byte[] REQUEST_ID = {
    'x', '-', 'r', 'e', 'q', 'u', 'e', 's', 't', '-', 'i', 'd'
  };

  private final LoopAccessLog log;
  private @Nullable AccessRecord record;
  private boolean active;
  private boolean logged;
  private long beganNanos;

  AccessTrail(LoopAccessLog log) {
    this.log = log;
  }

  /** A request began; {@code inLog} when it is not only watched. */
  void begin(boolean inLog, @Nullable RequestHead head, byte[] client, long nowNanos) {
    logged = inLog;
    AccessRecord into = record == null ? new AccessRecord() : record;
    record = into;
    into.clear();
    into.timeMillis = log.timeMillis();
    into.client = client;
    beganNanos = nowNanos;
    active = true;
    if (head != null) {
      byte[] bytes = head.bytes();
      into.put(AccessRecord.METHOD, bytes, head.methodStart(), head.methodEnd());
      into.put(AccessRecord.HOST, bytes, head.hostStart(), head.hostEnd());
      into.put(AccessRecord.PATH, bytes, head.pathStart(), head.pathEnd());
      field(AccessRecord.REQUEST_ID, REQUEST_ID, head, into);
    }
  }

  private static void field(int field, byte[] name, RequestHead head, AccessRecord into) {
    int at = head.findHeader(name);
    if (at >= 0) {
      into.put(field, head.bytes(), head.valueStart(at), head.valueEnd(at));
    }
  }

  /** An entry took the request; {@code route} is {@code namespace/name}. */
  public void routed(String route) {
    if (active && record != null) {
      record.route = route;
    }
  }

  /** A revision was picked. */
  public void picked(RevisionId revision) {
    if (active && record != null) {
      record.revision = revision;
    }
  }

  /** The endpoint gets this {@code traceparent}. */
  public void traced(byte[] bytes, int start, int end) {
    if (active && record != null) {
      record.put(AccessRecord.TRACEPARENT, bytes, start, end);
    }
  }

  /** Leat answers itself. */
  public void rejected(Rejection rejection) {
    if (active && record != null) {
      record.rejection = rejection;
    }
  }

  /** The head of an answer is written. */
  public void answered(int status) {
    if (active && record != null) {
      record.status = status;
    }
  }

  /** Bytes were written to the client. */
  public void sent(int bytes) {
    if (active && record != null) {
      record.bytesOut += bytes;
    }
  }

  /** Whether somebody wants the request, so that it is worth to find out how long it waited. */
  public boolean active() {
    return active;
  }

  /** How long a request waited for capacity, and its endpoint's share; -1 without an endpoint. */
  public void timed(long holdNanos, long upstreamNanos) {
    if (active && record != null) {
      record.holdNanos = holdNanos;
      record.upstreamNanos = upstreamNanos;
    }
  }

  /**
   * The request is over, and nothing more is noted here.
   *
   * @param bytesIn of its body
   * @param whole false when the connection ended before the answer
   */
  public void end(long bytesIn, boolean whole, long nowNanos) {
    AccessRecord done = record;
    if (!active || done == null) {
      return;
    }
    active = false;
    done.bytesIn = bytesIn;
    done.aborted = !whole;
    done.durationNanos = nowNanos - beganNanos;
    log.tap(done);
    if (logged) {
      record = log.publish(done);
    }
    log.giveBack(this);
  }
}

package io.leat.proxy.telemetry;

import io.leat.proxy.http.Rejection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The counters of one event loop.
 *
 * <p>Only the owning loop adds; a scrape on another thread reads with opaque access and may be a
 * few requests behind. Rows grow with the highest id that the loop has seen.
 */
public final class LoopCounters {
  /** Columns of a request row: one per class of status code, 1xx to 5xx, then no answer. */
  public static final int COLUMNS = 6;

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int REJECTIONS = Rejection.values().length;
  private static final int RETRIES = RetryOutcome.values().length;

  private volatile long[] requests = new long[64 * COLUMNS];
  private final long[] rejections = new long[REJECTIONS];
  private final long[] closes = new long[ForcedClose.values().length];
  private final long[] retries = new long[RETRIES];
  private final long[] mirrors = new long[MirrorOutcome.values().length];
  private final long[] takeovers = new long[TakeoverOutcome.values().length];
  private final long[] ejections = new long[1];
  private final LoopDurations durations = new LoopDurations();

  /**
   * Counts a finished request.
   *
   * @param metricsId the row, from the target that served it
   * @param status the status code that the client got; 0 when it got none
   */
  public void request(int metricsId, int status) {
    int column = status >= 100 && status < 600 ? status / 100 - 1 : COLUMNS - 1;
    int cell = metricsId * COLUMNS + column;
    long[] cells = requests;
    if (cell >= cells.length) {
      cells = Arrays.copyOf(cells, Math.max(cells.length * 2, (metricsId + 1) * COLUMNS));
      requests = cells;
    }
    increment(cells, cell);
  }

  /** How long requests took, where a route asks for it. */
  public LoopDurations durations() {
    return durations;
  }

  /** Counts an answer that Leat made itself. */
  public void rejection(Rejection rejection) {
    increment(rejections, rejection.ordinal());
  }

  /** Counts a request that met a dead connection. */
  public void retry(RetryOutcome outcome) {
    increment(retries, outcome.ordinal());
  }

  /** Counts a request that was to be mirrored. */
  public void mirrored(MirrorOutcome outcome) {
    increment(mirrors, outcome.ordinal());
  }

  /** Counts a question for an idle connection of another event loop. */
  public void takeover(TakeoverOutcome outcome) {
    increment(takeovers, outcome.ordinal());
  }

  /** Counts an endpoint that was ejected. */
  public void ejection() {
    increment(ejections, 0);
  }

  private static void increment(long[] cells, int cell) {
    CELL.setOpaque(cells, cell, (long) CELL.getOpaque(cells, cell) + 1);
  }

  /** Counts a connection that was closed against the will of its client. */
  public void forcedClose(ForcedClose reason) {
    int cell = reason.ordinal();
    CELL.setOpaque(closes, cell, (long) CELL.getOpaque(closes, cell) + 1);
  }

  /** Connections closed for one reason so far; any thread. */
  public long forcedCloses(ForcedClose reason) {
    return (long) CELL.getOpaque(closes, reason.ordinal());
  }

  /** Requests counted in one cell so far; any thread. */
  public long requests(int metricsId, int column) {
    int cell = metricsId * COLUMNS + column;
    long[] cells = requests;
    return cell < cells.length ? (long) CELL.getOpaque(cells, cell) : 0;
  }

  /** Rejections of one kind so far; any thread. */
  public long rejections(Rejection rejection) {
    return (long) CELL.getOpaque(rejections, rejection.ordinal());
  }

  /** Retries of one outcome so far; any thread. */
  public long retries(RetryOutcome outcome) {
    return (long) CELL.getOpaque(retries, outcome.ordinal());
  }

  /** Mirrored requests of one outcome so far; any thread. */
  public long mirrors(MirrorOutcome outcome) {
    return (long) CELL.getOpaque(mirrors, outcome.ordinal());
  }

  /** Questions of one outcome so far; any thread. */
  public long takeovers(TakeoverOutcome outcome) {
    return (long) CELL.getOpaque(takeovers, outcome.ordinal());
  }

  /** Ejections so far; any thread. */
  public long ejections() {
    return (long) CELL.getOpaque(ejections, 0);
  }
}

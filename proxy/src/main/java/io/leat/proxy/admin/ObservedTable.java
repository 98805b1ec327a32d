package io.leat.proxy.admin;

import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.Telemetry;
import io.leat.proxy.telemetry.Ticker;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The live table as its control plane updates it: every outcome is counted, and the first applied
 * update makes the process ready.
 *
 * <p>Updated by the control thread, read by the scraping thread.
 */
public final class ObservedTable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Function<TableUpdate, LiveTable.Outcome> table;
  private final Readiness readiness;
  private final Ticker ticker;
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile long appliedAtNanos;

  /**
   * A table that counts from now on.
   *
   * @param table applies an update: {@link LiveTable#apply}
   */
  public ObservedTable(
      Function<TableUpdate, LiveTable.Outcome> table, Readiness readiness, Ticker ticker) {
    this.table = table;
    this.readiness = readiness;
    this.ticker = ticker;
    this.appliedAtNanos = ticker.nanos();
  }

  /** Registers how often the table changed and how old it is. */
  public void register(Telemetry telemetry) {
    telemetry.value(Metric.TABLE_AGE, () -> (ticker.nanos() - appliedAtNanos) / NANOS_PER_SECOND);
    telemetry.rows(
        Metric.TABLE_SWAPS,
        rows -> {
          rows.row((double) applied.get(), "applied");
          rows.row((double) refused.get(), "refused");
        });
  }

  /** Applies an update to the live table; control thread only. */
  public LiveTable.Outcome apply(TableUpdate update) {
    LiveTable.Outcome outcome = table.apply(update);
    switch (outcome) {
      case LiveTable.Outcome.Acknowledged _ -> {
        appliedAtNanos = ticker.nanos();
        applied.incrementAndGet();
        readiness.tableApplied();
      }
      case LiveTable.Outcome.Refused _ -> refused.incrementAndGet();
    }
    return outcome;
  }
}

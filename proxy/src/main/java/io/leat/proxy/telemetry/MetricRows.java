package io.leat.proxy.telemetry;

import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which row of {@link LoopCounters} belongs to which pair of route and revision.
 *
 * <p>The control thread takes and releases rows while it builds routers; scrapes read from other
 * threads. A row whose last user has left is kept for its pair for a while, so that a pair that
 * comes back goes on where it was, and requests that still run are not counted for somebody else.
 * Later it is given to another pair: what it had counted by then is its base and is subtracted,
 * because event loops never reset a cell.
 */
public final class MetricRows {
  /** How many rows without users are kept before the one that left first is given away. */
  static final int RETIRED = 1024;

  /** The base of a row that nobody had before; shared, because there are very many. */
  private static final long[] NOTHING = new long[LoopCounters.COLUMNS + LoopDurations.CELLS];

  private final Map<Pair, Row> rows = new HashMap<>();
  private final List<@Nullable Row> byId = new ArrayList<>();
  private final Map<Pair, Row> retired = new LinkedHashMap<>();
  private Supplier<List<LoopCounters>> counters = List::of;
  private int nextId;

  /** Whose requests a row counts. */
  public record Pair(String route, RevisionId revision) {}

  /**
   * What a pair has counted.
   *
   * @param byColumn one value per column of {@link LoopCounters}
   * @param durations one value per cell of {@link LoopDurations}
   */
  public record Counts(Pair pair, List<Long> byColumn, List<Long> durations) {}

  private static final class Row {
    private final Pair pair;
    private final int id;
    private final long[] base;
    private int users;

    Row(Pair pair, int id, long[] base) {
      this.pair = pair;
      this.id = id;
      this.base = base;
    }
  }

  /** Names the event loops that count; before the first request. */
  public synchronized void countedBy(Supplier<List<LoopCounters>> loops) {
    this.counters = loops;
  }

  /** The row of a pair; each call is matched by one {@link #release}. */
  public synchronized int acquire(String route, RevisionId revision) {
    Row row = rows.computeIfAbsent(new Pair(route, revision), this::row);
    while (byId.size() <= row.id) {
      byId.add(null);
    }
    byId.set(row.id, row);
    row.users++;
    return row.id;
  }

  /** The same once more for the pair of a row that the caller holds. */
  public synchronized void acquireAgain(int id) {
    Objects.requireNonNull(byId.get(id)).users++;
  }

  private Row row(Pair pair) {
    Row own = retired.remove(pair);
    if (own != null) {
      return own;
    }
    int id = nextId;
    long[] base = NOTHING;
    if (retired.size() > RETIRED) {
      Iterator<Row> oldest = retired.values().iterator();
      id = oldest.next().id;
      oldest.remove();
      base = totals(id);
    } else {
      nextId++;
    }
    return new Row(pair, id, base);
  }

  /** Gives a row back; the pair's series ends with its last user. */
  public synchronized void release(int id) {
    Row row = Objects.requireNonNull(byId.get(id));
    row.users--;
    if (row.users == 0) {
      rows.remove(row.pair);
      byId.set(id, null);
      retired.put(row.pair, row);
    }
  }

  /** What every pair has counted so far. */
  public synchronized List<Counts> counts() {
    List<Counts> all = new ArrayList<>(rows.size());
    for (Row row : rows.values()) {
      all.add(counts(row));
    }
    return all;
  }

  /** What one pair has counted so far; empty while no router has it. */
  public synchronized Optional<Counts> counts(Pair pair) {
    return Optional.ofNullable(rows.get(pair)).map(this::counts);
  }

  private Counts counts(Row row) {
    long[] totals = totals(row.id);
    List<Long> byColumn = new ArrayList<>(totals.length);
    for (int column = 0; column < totals.length; column++) {
      byColumn.add(totals[column] - row.base[column]);
    }
    List<Long> durations = byColumn.subList(LoopCounters.COLUMNS, totals.length);
    return new Counts(row.pair, byColumn.subList(0, LoopCounters.COLUMNS), durations);
  }

  private long[] totals(int id) {
    long[] totals = new long[LoopCounters.COLUMNS + LoopDurations.CELLS];
    for (LoopCounters loop : counters.get()) {
      for (int column = 0; column < LoopCounters.COLUMNS; column++) {
        totals[column] += loop.requests(id, column);
      }
      for (int cell = 0; cell < LoopDurations.CELLS; cell++) {
        totals[LoopCounters.COLUMNS + cell] += loop.durations().cell(id, cell);
      }
    }
    return totals;
  }
}

package io.leat.control.publish;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.TableUpdate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The proxy in the same process.
 *
 * <p>Confined to the control thread. It keeps the counters of revisions that left the table while
 * requests to them are under way, so that their instances are not stopped too early.
 */
public final class ProxySink implements TableSink, InFlight {
  private final String name;
  private final LiveTable table;
  private final Function<TableUpdate, LiveTable.Outcome> apply;
  private final Map<RevisionId, LiveRevision> departed = new HashMap<>();

  /** A sink over a live table. */
  public ProxySink(String name, LiveTable table) {
    this(name, table, table::apply);
  }

  /**
   * A sink over a live table that is updated through somebody who watches.
   *
   * @param apply hands the update on to {@link LiveTable#apply}
   */
  public ProxySink(String name, LiveTable table, Function<TableUpdate, LiveTable.Outcome> apply) {
    this.name = name;
    this.table = table;
    this.apply = apply;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public LiveTable.Outcome apply(TableUpdate update) {
    departed.values().removeIf(revision -> underWay(revision) == 0);
    if (update instanceof TableUpdate.Delta delta) {
      for (RevisionId id : delta.removedRevisions()) {
        LiveRevision revision = table.current().revision(id);
        if (revision != null) {
          departed.put(id, revision);
        }
      }
    }
    return apply.apply(update);
  }

  @Override
  public int draining(RevisionId revision) {
    LiveRevision gone = departed.get(revision);
    int count = gone == null ? 0 : underWay(gone);
    LiveRevision live = table.current().revision(revision);
    if (live == null) {
      return count;
    }
    int onReady = 0;
    for (int i = 0; i < live.readyEndpoints(); i++) {
      onReady += live.readyEndpoint(i).inFlight();
    }
    return count + Math.max(0, underWay(live) - onReady);
  }

  private static int underWay(LiveRevision revision) {
    return revision.activity().inFlight().get();
  }
}

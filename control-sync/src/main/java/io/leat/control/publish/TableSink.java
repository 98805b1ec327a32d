package io.leat.control.publish;

import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.TableUpdate;

/** A proxy that takes tables; called on the control thread. */
public interface TableSink {

  /** Who it is, unique among the live ones. */
  String name();

  /** Makes an update live, or says why not. */
  LiveTable.Outcome apply(TableUpdate update);
}

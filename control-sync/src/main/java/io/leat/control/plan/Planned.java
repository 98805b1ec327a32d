package io.leat.control.plan;

import java.util.List;

/**
 * What a mutation would lead to once everything that follows from it is done.
 *
 * @param answer what the mutation returned
 * @param changes in the order of keys
 * @param settled false when the reconcilers came to no end, and the rest is where they were stopped
 */
public record Planned<T>(T answer, List<PlannedChange> changes, TableDiff table, boolean settled) {

  /** Copies the list. */
  public Planned {
    changes = List.copyOf(changes);
  }

  /** Whether nothing would change. */
  public boolean isEmpty() {
    return changes.isEmpty() && table.isEmpty();
  }
}

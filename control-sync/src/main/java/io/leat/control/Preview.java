package io.leat.control;

import io.leat.control.resource.Problem;
import io.leat.control.store.ChangeEvent;
import io.leat.proxy.table.TableUpdate;
import java.util.List;

/**
 * What an apply would change, supposing that new revisions become ready.
 *
 * @param problems what would be refused
 * @param changes resources whose spec, labels or annotations would differ, reconcilers' included
 * @param table how the table would differ; new revisions are dormant in it
 */
public record Preview(List<Problem> problems, List<ChangeEvent> changes, TableUpdate.Delta table) {

  /** Copies the lists. */
  public Preview {
    problems = List.copyOf(problems);
    changes = List.copyOf(changes);
  }

  /** Whether nothing would change. */
  public boolean isEmpty() {
    return changes.isEmpty()
        && table.putHosts().isEmpty()
        && table.removedHosts().isEmpty()
        && table.putRevisions().isEmpty()
        && table.removedRevisions().isEmpty();
  }
}

package io.leat.control.module;

import io.leat.control.store.jobs.Job;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which resources a group of workers syncs.
 *
 * @param columns wanted values by column, {@code project} and {@code kind}; all resources when
 *     empty
 */
public record SyncScope(Map<String, String> columns) implements Predicate<Job> {
  /** Every resource. */
  public static final SyncScope ALL = new SyncScope(Map.of());

  /**
   * Checks the columns.
   *
   * @throws IllegalArgumentException when resources have no such column
   */
  public SyncScope {
    columns = Map.copyOf(columns);
    for (String column : columns.keySet()) {
      if (!column.equals("project") && !column.equals("kind")) {
        throw new IllegalArgumentException(
            "resources have no column '" + column + "': a scope is over project and kind");
      }
    }
  }

  @Override
  public boolean test(Job job) {
    return columns.isEmpty() || ModuleSync.urn(job).map(this::covers).orElse(true);
  }

  private boolean covers(Urn urn) {
    return columns.getOrDefault("project", urn.project()).equals(urn.project())
        && columns.getOrDefault("kind", urn.kind()).equals(urn.kind());
  }
}

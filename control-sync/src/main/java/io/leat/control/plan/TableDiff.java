package io.leat.control.plan;

import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one route table would differ from another, by name.
 *
 * @param hosts virtual hosts that would be added, removed or changed
 * @param revisions revisions that would be added, removed or reached in another way
 * @param channels channels that would be added, removed or changed
 */
public record TableDiff(
    List<Difference<VirtualHost>> hosts,
    List<Difference<RevisionEndpoints>> revisions,
    List<Difference<EventChannel>> channels) {

  /**
   * One part of the table.
   *
   * @param before null when it would be added
   * @param after null when it would be removed
   */
  public record Difference<T>(@Nullable T before, @Nullable T after) {}

  /** Copies the lists. */
  public TableDiff {
    hosts = List.copyOf(hosts);
    revisions = List.copyOf(revisions);
    channels = List.copyOf(channels);
  }

  /** Whether the tables are the same. */
  public boolean isEmpty() {
    return hosts.isEmpty() && revisions.isEmpty() && channels.isEmpty();
  }
}

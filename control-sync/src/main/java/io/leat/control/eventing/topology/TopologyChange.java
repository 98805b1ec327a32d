package io.leat.control.eventing.topology;

import io.leat.control.store.ResourceStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a change of a store answered, and what is wrong with the graph since.
 *
 * @param findings those that were not there before
 */
public record TopologyChange<T>(T answer, List<Finding> findings) {

  /** Copies the list. */
  public TopologyChange {
    findings = List.copyOf(findings);
  }

  /** A change that has nothing to do with the graph. */
  public static <T> TopologyChange<T> none(T answer) {
    return new TopologyChange<>(answer, List.of());
  }

  /** Carries out a change of this store. */
  public static <T> TopologyChange<T> of(ResourceStore store, Supplier<? extends T> change) {
    Set<Finding> before = new HashSet<>(findings(store));
    T answer = change.get();
    List<Finding> fresh = new ArrayList<>(findings(store));
    fresh.removeAll(before);
    return new TopologyChange<>(answer, fresh);
  }

  /** What is wrong with the graph that a store holds. */
  public static List<Finding> findings(ResourceStore store) {
    EventGraph graph = store.read(Topologies::of);
    return TopologyCheck.findings(graph);
  }
}

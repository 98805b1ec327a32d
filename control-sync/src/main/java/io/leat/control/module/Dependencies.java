package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.module.ResourceState.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rules of what depends on what; used by any thread. */
final class Dependencies {
  private final ModuleStore store;

  Dependencies(ModuleStore store) {
    this.store = store;
  }

  /** Refuses what would depend on itself; only resources of modules depend on others. */
  void checkCycle(Urn urn, Collection<Urn> wanted) throws ModuleFailure {
    // Users decide how long a chain is, so this walks without recursion.
    Map<Urn, Urn> reachedFrom = new HashMap<>();
    Deque<Urn> open = new ArrayDeque<>();
    wanted.forEach(next -> reach(urn, next, reachedFrom, open));
    while (!open.isEmpty() && !reachedFrom.containsKey(urn)) {
      Urn from = open.poll();
      store
          .find(from)
          .ifPresent(found ->
              found.dependencies().values().forEach(to -> reach(from, to, reachedFrom, open)));
    }
    if (reachedFrom.containsKey(urn)) {
      throw ModuleFailure.badRequest("dependency cycle: " + circle(urn, reachedFrom));
    }
  }

  private static void reach(Urn from, Urn to, Map<Urn, Urn> reachedFrom, Deque<Urn> open) {
    if (reachedFrom.putIfAbsent(to, from) == null) {
      open.add(to);
    }
  }

  private static String circle(Urn urn, Map<Urn, Urn> reachedFrom) {
    List<String> path = new ArrayList<>(List.of(urn.toString()));
    Urn at = reachedFrom.getOrDefault(urn, urn);
    while (!at.equals(urn)) {
      path.addFirst(at.toString());
      at = reachedFrom.getOrDefault(at, urn);
    }
    path.addFirst(urn.toString());
    return String.join(" -> ", path);
  }

  /** The outputs of everything that a new resource depends on, which has to be complete. */
  Map<String, JsonNode> require(String project, Map<String, Urn> wanted) throws ModuleFailure {
    Map<String, JsonNode> outputs = new HashMap<>();
    for (var entry : wanted.entrySet()) {
      Urn urn = entry.getValue();
      ModuleStore.Dependency dependency =
          urn.project().equals(project) ? store.dependency(urn).orElse(null) : null;
      if (dependency == null) {
        throw ModuleFailure.badRequest("dependency '" + urn + "' not found");
      }
      if (dependency.phase() != Phase.COMPLETED) {
        throw ModuleFailure.badRequest(
            "dependency '" + urn + "' is in incomplete state (" + dependency.phase().text() + ")");
      }
      outputs.put(entry.getKey(), dependency.output());
    }
    return outputs;
  }

  /** Checks that everything is there that a module needs, and of the right kind. */
  static void checkKinds(ModuleDescriptor descriptor, Map<String, Urn> wanted)
      throws ModuleFailure {
    for (var needed : new TreeMap<>(descriptor.dependencies()).entrySet()) {
      String key = needed.getKey();
      String kind = needed.getValue();
      Urn urn = wanted.get(key);
      if (urn == null) {
        throw ModuleFailure.badRequest(
            String.format(
                "kind '%s' needs resource of kind '%s' at key '%s'", descriptor.kind(), kind, key));
      }
      if (!urn.kind().equals(kind)) {
        throw ModuleFailure.badRequest(
            String.format("value for '%s' must be of kind '%s', not '%s'", key, kind, urn.kind()));
      }
    }
  }

  /** The outputs of what a resource depends on, as far as that is there. */
  Map<String, JsonNode> outputs(ModuleResource resource) {
    Map<String, JsonNode> outputs = new HashMap<>();
    resource
        .dependencies()
        .forEach((key, urn) ->
            store.dependency(urn).ifPresent(found -> outputs.put(key, found.output())));
    return outputs;
  }

  /** The dependency that is not complete, for a person; empty when all are. */
  String missing(ModuleResource resource) {
    for (Urn urn : resource.dependencies().values()) {
      String state = store.dependency(urn).map(found -> found.phase().text()).orElse("not there");
      if (!state.equals(Phase.COMPLETED.text())) {
        return "DependencyNotReady: '" + urn + "' is " + state;
      }
    }
    return "";
  }
}

package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * Knows a kind of resources: what can be done to them, and how.
 *
 * <p>Every action is planned first, in one piece and without any effect, and then synced step by
 * step until the state is terminal. Used by any thread; one resource is synced by one thread at a
 * time, and a step may run again after a crash.
 */
public interface Module {

  /** What the module says of itself. */
  ModuleDescriptor descriptor();

  /**
   * Decides what an action makes of a resource; has no effect on anything.
   *
   * @param current the resource before, with its dependencies; for {@code create} it has no configs
   * @throws ModuleFailure when the action makes no sense; the caller gets its message
   */
  Planned plan(Expanded current, Asked action) throws ModuleFailure;

  /**
   * Takes the next step towards what was planned.
   *
   * @throws ModuleFailure as bad request when no further attempt can help
   * @throws Exception when the step failed and may succeed later
   */
  Synced sync(Expanded current) throws Exception;

  /**
   * What a completed resource looks like now; quick, and without any effect. It is shown and not
   * written.
   */
  default JsonNode output(ModuleResource resource) {
    return resource.state().output();
  }

  /**
   * A resource with what it depends on.
   *
   * @param outputs of the dependencies, by key
   */
  record Expanded(ModuleResource resource, Map<String, JsonNode> outputs) {
    /** Copies the map. */
    public Expanded {
      outputs = Map.copyOf(outputs);
    }
  }

  /** An action and what it was given; fits the schema of the action. */
  record Asked(String action, JsonNode params) {}

  /** What an action makes of a resource. */
  record Planned(JsonNode configs, ResourceState state) {}

  /**
   * What a step came to.
   *
   * @param log lines for whoever follows the logs
   */
  record Synced(ResourceState state, List<String> log) {
    /** Copies the list. */
    public Synced {
      log = List.copyOf(log);
    }

    /** A step that says nothing. */
    public static Synced silent(ResourceState state) {
      return new Synced(state, List.of());
    }
  }
}

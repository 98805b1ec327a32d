package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.module.schema.ParamSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a module says of itself.
 *
 * @param actions by name; {@code delete} need not be among them
 * @param dependencies kinds that a resource needs, by key
 * @param logs whether the resources have logs to follow
 * @param lives whether a resource is only there while this process runs, so that it is synced again
 *     when one starts
 */
public record ModuleDescriptor(
    String kind,
    Map<String, Action> actions,
    Map<String, String> dependencies,
    boolean logs,
    boolean lives) {

  /**
   * Something that can be done to a resource.
   *
   * @param paramSchema what the params have to be, see {@link ParamSchema}
   * @param anytime whether it may be asked for while another action is under way
   */
  public record Action(String name, String description, JsonNode paramSchema, boolean anytime) {}

  /** Copies the maps. */
  public ModuleDescriptor {
    actions = Map.copyOf(actions);
    dependencies = Map.copyOf(dependencies);
  }

  /** A module without dependencies. */
  public static ModuleDescriptor of(
      String kind, boolean logs, boolean lives, List<Action> actions) {
    Map<String, Action> byName = new LinkedHashMap<>();
    actions.forEach(action -> byName.put(action.name(), action));
    return new ModuleDescriptor(kind, byName, Map.of(), logs, lives);
  }

  /** The action of a name. */
  public Optional<Action> action(String name) {
    return Optional.ofNullable(actions.get(name));
  }
}

package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A resource of a module: what is wanted, and where it is; a value.
 *
 * @param uid new for each resource, also for one of a name that was used before; empty until stored
 * @param version grows with every write; 0 until stored
 * @param generation grows with every action; 0 until stored
 * @param dependencies URNs by key
 * @param lastAction what was asked for last
 */
public record ModuleResource(
    Urn urn,
    String uid,
    long version,
    long generation,
    Map<String, String> labels,
    Written written,
    JsonNode configs,
    Map<String, Urn> dependencies,
    LastAction lastAction,
    ResourceState state) {
  /** The action that makes a resource. */
  public static final String CREATE = "create";

  /** The action that replaces the configs. */
  public static final String UPDATE = "update";

  /** The action that ends in {@link ResourceState.Phase#DELETED}. */
  public static final String DELETE = "delete";

  /** Who wrote it first and last. */
  public record Written(Instant createdAt, String createdBy, Instant updatedAt, String updatedBy) {
    Written by(Instant now, String user) {
      return new Written(createdAt, createdBy, now, user);
    }
  }

  /**
   * An action that was asked for.
   *
   * @param number counts the actions of the resource, from 1
   */
  public record LastAction(String name, long number) {}

  /** Copies the maps. */
  public ModuleResource {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    dependencies = Collections.unmodifiableMap(new TreeMap<>(dependencies));
  }

  /** Whether its deletion was asked for. */
  public boolean isDeleting() {
    return lastAction.name().equals(DELETE);
  }

  /** The same in another state. */
  public ModuleResource withState(ResourceState other) {
    return new ModuleResource(
        urn, uid, version, generation, labels, written, configs, dependencies, lastAction, other);
  }

  ModuleResource withWritten(Written other) {
    return new ModuleResource(
        urn, uid, version, generation, labels, other, configs, dependencies, lastAction, state);
  }

  ModuleResource acted(String action, JsonNode newConfigs, Map<String, String> newLabels) {
    return new ModuleResource(
        urn,
        uid,
        version,
        generation,
        newLabels,
        written,
        newConfigs,
        dependencies,
        new LastAction(action, lastAction.number() + 1),
        state);
  }
}

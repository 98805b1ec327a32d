package io.leat.control.module;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.module.ResourceState.Phase;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Leat's own kinds as URNs name them: {@code EndpointSlice} is {@code endpoint-slice}. */
public final class LeatKinds {
  private static final Map<String, Kind> BY_WORD = new LinkedHashMap<>();

  static {
    for (Kind kind : Kind.values()) {
      if (kind != Kind.MODULE && kind != Kind.MODULE_RESOURCE) {
        BY_WORD.put(word(kind), kind);
      }
    }
  }

  private LeatKinds() {}

  /** The kinds, with how URNs name them. */
  public static Map<String, Kind> all() {
    return Map.copyOf(BY_WORD);
  }

  /** Those whose resources are worked on, rather than kept. */
  public static List<Kind> reconciled() {
    return BY_WORD.values().stream().filter(kind -> !kind.isDocument()).toList();
  }

  /** The kind that a URN names. */
  public static Optional<Kind> of(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }

  /** How URNs name a kind. */
  public static String word(Kind kind) {
    switch (kind) {
      case CORE_SERVICE -> {
        return "core-service";
      }
      case MESSAGING_CHANNEL -> {
        return "messaging-channel";
      }
      case MESSAGING_SUBSCRIPTION -> {
        return "messaging-subscription";
      }
      default -> {
        // No other kind has its name.
      }
    }
    return kind.kind().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
  }

  /** The name of a resource; a namespace is its own project. */
  public static Urn urn(Resource resource) {
    String name = resource.metadata().name();
    String project = resource.kind().isNamespaced() ? resource.metadata().namespace() : name;
    return new Urn(word(resource.kind()), project, name);
  }

  /** What the store calls a resource of one of these kinds. */
  public static Optional<ResourceKey> key(Urn urn) {
    return of(urn.kind())
        .map(kind -> new ResourceKey(kind, kind.isNamespaced() ? urn.project() : "", urn.name()));
  }

  /** Where a resource is: what its Ready condition says; what is only kept is complete. */
  public static Phase phase(Resource resource) {
    if (resource.kind().isSilent()) {
      return Phase.COMPLETED;
    }
    long observed = resource.status().observedGeneration();
    Condition ready = resource.status().condition("Ready").orElse(null);
    if (ready == null || observed < resource.metadata().generation()) {
      return Phase.PENDING;
    }
    return switch (ready.state()) {
      case TRUE -> Phase.COMPLETED;
      case UNKNOWN -> Phase.PENDING;
      case FALSE -> Phase.ERROR;
    };
  }

  /** What is known of a resource, without its conditions. */
  public static ObjectNode output(Resource resource) {
    ObjectNode output = ResourceJson.tree(resource).withObjectProperty("status");
    output.remove(List.of("conditions", "observedGeneration"));
    return output;
  }
}

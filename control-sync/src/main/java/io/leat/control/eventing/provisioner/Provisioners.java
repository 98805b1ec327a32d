package io.leat.control.eventing.provisioner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.resource.EventingSpec.LabelRequirement;
import io.leat.control.resource.EventingSpec.LabelSelector;
import io.leat.control.resource.EventingSpec.ProvisionerReference;
import io.leat.control.resource.EventingSpec.ProvisionerSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what a Channel or a Source is made of: a Provisioner of its namespace, or a {@link BackEnd}
 * by its name. A Provisioner names its back end by an annotation, or has its name.
 */
public final class Provisioners {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The words of JSON Schema that are judged, or say nothing about values. */
  private static final Set<String> KNOWN_WORDS =
      Set.of(
          "type",
          "enum",
          "required",
          "properties",
          "additionalProperties",
          "items",
          "minItems",
          "minLength",
          "minimum",
          "maximum",
          "default",
          "title",
          "description",
          "examples",
          "deprecated",
          "$schema",
          "$id",
          "$comment");

  private Provisioners() {}

  /**
   * What a reference comes to.
   *
   * @param type {@code CHANNEL} or {@code SOURCE}
   */
  public static Provisioning resolve(
      ProvisionerReference reference,
      RawJson arguments,
      Kind type,
      String namespace,
      ResourceView view) {
    LabelSelector selector = reference.selector();
    if (selector != null) {
      List<Resource> chosen =
          view.list(Kind.PROVISIONER, namespace).stream()
              .filter(candidate -> selects(selector, candidate.metadata().labels()))
              .toList();
      return chosen.size() == 1
          ? of(chosen.getFirst(), arguments, type)
          : new Provisioning.Refused(
              chosen.isEmpty() ? "ProvisionerNotFound" : "ProvisionerAmbiguous",
              "spec.provisioner.selector: must match only one resource (matches "
                  + chosen.size()
                  + ").");
    }
    String name =
        reference.ref() == null || reference.ref().name() == null ? "" : reference.ref().name();
    ResourceKey key = new ResourceKey(Kind.PROVISIONER, namespace, name);
    Optional<Resource> resource = view.get(key);
    if (resource.isPresent()) {
      return of(resource.get(), arguments, type);
    }
    Optional<BackEnd> builtIn = BackEnd.named(name);
    if (builtIn.isEmpty()) {
      return new Provisioning.Refused(
          "ProvisionerNotFound", "spec.provisioner.ref: there is no " + key + ".");
    }
    return builtIn.get().kind() == type
        ? judged(builtIn.get(), Optional.empty(), arguments)
        : wrongType(name, type);
  }

  private static Provisioning.Refused wrongType(String name, Kind type) {
    return new Provisioning.Refused(
        "ProvisionerTypeMismatch",
        "spec.provisioner: \"" + name + "\" does not provision a " + type.kind() + ".");
  }

  private static Provisioning of(Resource provisioner, RawJson arguments, Kind type) {
    String name = provisioner.metadata().name();
    String problem = problem(provisioner);
    if (!problem.isEmpty()) {
      return new Provisioning.Refused(
          "ProvisionerNotReady", "Provisioner \"" + name + "\": " + problem);
    }
    ProvisionerSpec spec = (ProvisionerSpec) provisioner.spec();
    return spec.type().kind().equals(type.kind())
        ? judged(backEnd(provisioner).orElseThrow(), Optional.of(provisioner), arguments)
        : wrongType(name, type);
  }

  /** Why a Provisioner can make nothing; empty when it can. */
  public static String problem(Resource provisioner) {
    ProvisionerSpec spec = (ProvisionerSpec) provisioner.spec();
    Optional<BackEnd> backEnd = backEnd(provisioner);
    if (backEnd.isEmpty()) {
      return "must name a built-in provisioner by its own name or by the annotation "
          + Labels.BACK_END
          + ".";
    }
    if (!backEnd.get().kind().kind().equals(spec.type().kind())) {
      return "\""
          + backEnd.get().word()
          + "\" does not provision a "
          + spec.type().kind()
          + ", which spec.type.kind says.";
    }
    Set<String> unknown = new TreeSet<>();
    if (spec.parameters() != null) {
      unknownWords(tree(spec.parameters()), unknown);
    }
    return unknown.isEmpty()
        ? ""
        : "spec.parameters: has words of JSON Schema that are not judged here: "
            + String.join(", ", unknown)
            + ".";
  }

  private static void unknownWords(JsonNode schema, Set<String> unknown) {
    for (Map.Entry<String, JsonNode> word : schema.properties()) {
      if (!KNOWN_WORDS.contains(word.getKey())) {
        unknown.add(word.getKey());
      }
    }
    schema.path("properties").forEach(inner -> unknownWords(inner, unknown));
    if (schema.has("items")) {
      unknownWords(schema.get("items"), unknown);
    }
  }

  private static Optional<BackEnd> backEnd(Resource provisioner) {
    String named = provisioner.metadata().annotations().get(Labels.BACK_END);
    return BackEnd.named(named == null ? provisioner.metadata().name() : named);
  }

  private static Provisioning judged(
      BackEnd backEnd, Optional<Resource> provisioner, RawJson arguments) {
    ObjectNode given = tree(arguments);
    List<String> problems = new ArrayList<>();
    Optional<RawJson> parameters =
        provisioner.map(each -> ((ProvisionerSpec) each.spec()).parameters());
    if (parameters.isPresent()) {
      JsonNode schema = tree(parameters.get());
      fillIn(schema, given);
      problems.addAll(ParamSchema.problems(schema, given));
    }
    problems.addAll(ParamSchema.problems(backEnd.schema(), given));
    if (problems.isEmpty()) {
      return new Provisioning.Made(backEnd, provisioner.orElse(null), given);
    }
    String all =
        String.join(
            "; ", problems.stream().distinct().map(each -> "spec.arguments." + each).toList());
    return new Provisioning.Refused(
        "ArgumentsInvalid", all.replace("spec.arguments.(root)", "spec.arguments"));
  }

  private static void fillIn(JsonNode schema, ObjectNode given) {
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      JsonNode value = property.getValue().get("default");
      if (value != null && !given.has(property.getKey())) {
        given.set(property.getKey(), value);
      }
    }
  }

  private static ObjectNode tree(RawJson json) {
    try {
      return (ObjectNode) MAPPER.readTree(json.text());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored text is no JSON", e);
    }
  }

  private static boolean selects(LabelSelector selector, Map<String, String> labels) {
    Map<String, String> wanted = selector.matchLabels() == null ? Map.of() : selector.matchLabels();
    List<LabelRequirement> requirements =
        selector.matchExpressions() == null ? List.of() : selector.matchExpressions();
    return wanted.entrySet().stream()
            .allMatch(label -> label.getValue().equals(labels.get(label.getKey())))
        && requirements.stream().allMatch(requirement -> holds(requirement, labels));
  }

  private static boolean holds(LabelRequirement requirement, Map<String, String> labels) {
    String value = labels.get(requirement.key());
    List<String> values = requirement.values() == null ? List.of() : requirement.values();
    return switch (requirement.operator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      default -> value == null;
    };
  }
}

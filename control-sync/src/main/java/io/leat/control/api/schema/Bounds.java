package io.leat.control.api.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * The values that a field may have, as far as a schema can say it. A test holds them to the rules.
 *
 * @param least for numbers
 * @param most for numbers
 * @param words for texts; empty for numbers
 */
record Bounds(long least, long most, List<String> words) {
  static final Map<String, Bounds> BY_FIELD =
      Map.ofEntries(
          Map.entry("RevisionSpec.containerConcurrency", range(0, 1000)),
          Map.entry("RevisionSpec.timeoutSeconds", range(0, 600)),
          Map.entry("RevisionSpec.responseStartTimeoutSeconds", range(0, 600)),
          Map.entry("RevisionSpec.idleTimeoutSeconds", range(0, 600)),
          Map.entry("TrafficTarget.percent", range(0, 100)),
          Map.entry("ContainerPort.containerPort", range(1, 65_535)),
          Map.entry("ContainerPort.name", words("http1", "h2c", "")),
          Map.entry("ContainerPort.protocol", words("TCP")),
          Map.entry("SlicePort.port", range(1, 65_535)),
          Map.entry("EndpointSliceSpec.addressType", words("IPv4", "IPv6")),
          Map.entry("DomainRef.kind", words("Service", "Route")),
          Map.entry("GroupKind.kind", words("Source", "Channel")),
          Map.entry("DeliverySpec.retry", range(0, Integer.MAX_VALUE)),
          Map.entry("DeliverySpec.backoffPolicy", words("linear", "exponential")),
          Map.entry("DeliverySpec.format", words("binary", "json")),
          Map.entry(
              "ResolvedSubscription.role",
              words("transformer", "filter", "router", "splitter", "aggregator")),
          Map.entry("LabelRequirement.operator", words("In", "NotIn", "Exists", "DoesNotExist")),
          Map.entry("Condition.status", words("True", "False", "Unknown")));

  Bounds {
    words = List.copyOf(words);
  }

  private static Bounds range(long least, long most) {
    return new Bounds(least, most, List.of());
  }

  private static Bounds words(String... words) {
    return new Bounds(0, 0, List.of(words));
  }

  /** Adds the bounds of a field, if any, to its schema. */
  static void add(String field, ObjectNode schema) {
    Bounds bounds = BY_FIELD.get(field);
    if (bounds == null) {
      return;
    }
    if (bounds.words().isEmpty()) {
      schema.put("minimum", bounds.least()).put("maximum", bounds.most());
    } else {
      ArrayNode words = schema.putArray("enum");
      bounds.words().forEach(words::add);
    }
  }
}

package io.leat.control.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.store.Labels;
import io.leat.control.store.References;
import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a revision is on a Kubernetes API server: a Deployment, and a headless Service whose label
 * the EndpointSlices inherit.
 */
final class Deployments {
  private static final int DEFAULT_PORT = 8080;
  private static final ObjectMapper SORTED =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private Deployments() {}

  static ResourceKey deploymentOf(RevisionId id) {
    return new ResourceKey(Kind.DEPLOYMENT, id.namespace(), id.name() + "-deployment");
  }

  static ResourceKey serviceOf(RevisionId id) {
    return new ResourceKey(Kind.CORE_SERVICE, id.namespace(), id.name());
  }

  /** How many pods a Deployment asks for. */
  static int replicas(Resource deployment) {
    return deployment.spec() instanceof Spec.Document document
        ? ResourceJson.fields(document).at("/spec/replicas").asInt(1)
        : 1;
  }

  /** The Deployment of a revision with one container. */
  static Resource deployment(
      Resource revision, Spec.Container container, InstanceTemplate template, int replicas) {
    RevisionId id = id(revision);
    Map<String, Object> pod = new HashMap<>();
    pod.put("containers", List.of(container(id, container, template)));
    pod.put("terminationGracePeriodSeconds", template.stopGrace().toSeconds());
    Map<String, Object> spec = new HashMap<>();
    spec.put("replicas", replicas);
    spec.put("progressDeadlineSeconds", Math.max(2, template.progressDeadline().toSeconds()));
    spec.put("selector", Map.of("matchLabels", Map.of(Labels.REVISION, id.name())));
    spec.put("template", Map.of("metadata", Map.of("labels", labels(revision)), "spec", pod));
    return resource(deploymentOf(id), revision, Map.of("spec", spec));
  }

  /** The Service of a revision. */
  static Resource service(Resource revision, Spec.Container container) {
    RevisionId id = id(revision);
    Map<String, Object> port =
        Map.of(
            "name", portName(container),
            "port", port(container),
            "targetPort", port(container),
            "protocol", "TCP");
    Map<String, Object> spec =
        Map.of(
            "clusterIP", "None",
            "selector", Map.of(Labels.REVISION, id.name()),
            "ports", List.of(port));
    return resource(serviceOf(id), revision, Map.of("spec", spec));
  }

  private static RevisionId id(Resource revision) {
    return new RevisionId(revision.metadata().namespace(), revision.metadata().name());
  }

  private static Resource resource(ResourceKey key, Resource revision, Map<String, Object> fields) {
    Metadata metadata =
        Metadata.of(key.namespace(), key.name())
            .withLabels(labels(revision))
            .withOwners(References.controlledBy(revision));
    return Resource.of(key.kind(), metadata, new Spec.Document(json(fields)));
  }

  private static Map<String, String> labels(Resource revision) {
    Map<String, String> labels = new TreeMap<>();
    Map<String, String> given = revision.metadata().labels();
    labels.put(Labels.REVISION, revision.metadata().name());
    for (String inherited : List.of(Labels.CONFIGURATION, Labels.SERVICE)) {
      String value = given.get(inherited);
      if (value != null && !value.isEmpty()) {
        labels.put(inherited, value);
      }
    }
    return labels;
  }

  private static Map<String, Object> container(
      RevisionId id, Spec.Container container, InstanceTemplate template) {
    Map<String, Object> fields = new HashMap<>();
    String name = container.name();
    fields.put("name", name == null || name.isEmpty() ? "user-container" : name);
    put(fields, "image", container.image());
    put(fields, "command", container.command());
    put(fields, "args", container.args());
    put(fields, "workingDir", container.workingDir());
    fields.put("env", env(id, container, template));
    fields.put(
        "ports",
        List.of(
            Map.of(
                "name", portName(container),
                "containerPort", port(container),
                "protocol", "TCP")));
    fields.put("readinessProbe", probe(container));
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static List<Map<String, String>> env(
      RevisionId id, Spec.Container container, InstanceTemplate template) {
    List<Map<String, String>> env = new ArrayList<>();
    template.env().forEach((name, value) -> env.add(Map.of("name", name, "value", value)));
    env.add(Map.of("name", "PORT", "value", Integer.toString(port(container))));
    env.add(Map.of("name", "K_REVISION", "value", id.name()));
    env.add(Map.of("name", "K_CONFIGURATION", "value", template.configuration()));
    env.add(Map.of("name", "K_SERVICE", "value", template.service()));
    return env;
  }

  private static Map<String, Object> probe(Spec.Container container) {
    Spec.ContainerProbe given = container.readinessProbe();
    Map<String, Object> probe = new HashMap<>();
    if (given == null) {
      probe.put("tcpSocket", Map.of("port", port(container)));
      probe.put("periodSeconds", 1);
      return probe;
    }
    if (given.httpGet() != null) {
      probe.put("httpGet", http(given.httpGet(), container));
    } else if (given.exec() != null) {
      probe.put("exec", Map.of("command", given.exec().command()));
    } else {
      Integer port = given.tcpSocket() == null ? null : given.tcpSocket().port();
      probe.put("tcpSocket", Map.of("port", port == null || port == 0 ? port(container) : port));
    }
    put(probe, "initialDelaySeconds", given.initialDelaySeconds());
    put(probe, "periodSeconds", given.periodSeconds());
    put(probe, "timeoutSeconds", given.timeoutSeconds());
    put(probe, "successThreshold", given.successThreshold());
    put(probe, "failureThreshold", given.failureThreshold());
    return probe;
  }

  private static Map<String, Object> http(Spec.HttpGet given, Spec.Container container) {
    Map<String, Object> http = new HashMap<>();
    Integer port = given.port();
    http.put("port", port == null || port == 0 ? port(container) : port);
    put(http, "path", given.path());
    put(http, "scheme", given.scheme());
    if (given.httpHeaders() != null) {
      http.put(
          "httpHeaders",
          given.httpHeaders().stream()
              .map(header -> Map.of("name", header.name(), "value", header.value()))
              .toList());
    }
    return http;
  }

  private static int port(Spec.Container container) {
    if (container.ports() != null && !container.ports().isEmpty()) {
      Integer port = container.ports().getFirst().containerPort();
      return port == null || port == 0 ? DEFAULT_PORT : port;
    }
    return DEFAULT_PORT;
  }

  private static String portName(Spec.Container container) {
    boolean h2c =
        container.ports() != null
            && container.ports().stream().anyMatch(port -> "h2c".equals(port.name()));
    return h2c ? "h2c" : "http1";
  }

  private static String json(Map<String, Object> fields) {
    try {
      return SORTED.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps and lists could not be written", e);
    }
  }
}

package io.leat.control.manifest.rules;

import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a valid resource asks for and local instances do not give, so that a condition can say
 * so.
 */
public final class Unhonoured {
  private static final Set<String> HONOURED =
      Set.of(
          "min-scale",
          "max-scale",
          "initial-scale",
          "target",
          "target-utilization-percentage",
          "window",
          "scale-to-zero-pod-retention-period");

  private Unhonoured() {}

  /** Paths of fields and annotations that have no effect. */
  public static List<String> paths(Resource resource) {
    return switch (resource.spec()) {
      case Spec.ServiceSpec service -> paths(service.template());
      case Spec.ConfigurationSpec configuration -> paths(configuration.template());
      default -> List.of();
    };
  }

  private static List<String> paths(Spec.RevisionTemplate template) {
    List<String> paths = new ArrayList<>();
    Spec.TemplateMetadata metadata = template.metadata();
    if (metadata != null && metadata.annotations() != null) {
      annotations(metadata.annotations(), paths);
    }
    List<Spec.Container> containers =
        Objects.requireNonNullElse(template.spec().containers(), List.of());
    for (int i = 0; i < containers.size(); i++) {
      probe(
          "spec.template.spec.containers[" + i + "].readinessProbe.",
          containers.get(i).readinessProbe(),
          paths);
    }
    return paths;
  }

  private static void annotations(Map<String, String> annotations, List<String> paths) {
    for (String key : annotations.keySet()) {
      if (key.startsWith(AutoscalingAnnotations.PREFIX)) {
        String name = key.substring(AutoscalingAnnotations.PREFIX.length());
        if (!HONOURED.contains(AnnotationReader.kebab(name))) {
          paths.add("spec.template.metadata.annotations[" + key + "]");
        }
      }
    }
  }

  private static void probe(String path, Spec.@Nullable ContainerProbe probe, List<String> paths) {
    if (probe == null) {
      return;
    }
    name(path + "initialDelaySeconds", probe.initialDelaySeconds(), paths);
    name(path + "periodSeconds", probe.periodSeconds(), paths);
    name(path + "timeoutSeconds", probe.timeoutSeconds(), paths);
    name(path + "successThreshold", probe.successThreshold(), paths);
    name(path + "failureThreshold", probe.failureThreshold(), paths);
    if (probe.httpGet() != null) {
      name(path + "httpGet.port", probe.httpGet().port(), paths);
      name(path + "httpGet.scheme", probe.httpGet().scheme(), paths);
    }
    if (probe.tcpSocket() != null) {
      name(path + "tcpSocket.port", probe.tcpSocket().port(), paths);
    }
  }

  private static void name(String path, @Nullable Object value, List<String> paths) {
    if (value != null) {
      paths.add(path);
    }
  }
}

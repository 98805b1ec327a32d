package io.leat.control.serving;

import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.InstanceTemplate.Probe;
import io.leat.control.store.Labels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the instance template of a Revision with containers. */
final class InstanceTemplates {
  private static final String DEADLINE = "serving.knative.dev/progress-deadline";

  private final ServingConfig config;

  InstanceTemplates(ServingConfig config) {
    this.config = config;
  }

  /** Why containers cannot run as local processes; empty when they can. */
  static String problem(List<Spec.Container> containers) {
    if (containers.size() > 1) {
      return "A local revision runs one container, this one has " + containers.size() + ".";
    }
    List<String> command = containers.getFirst().command();
    return command == null || command.isEmpty()
        ? "A local revision needs spec.containers[0].command; an image alone cannot be run."
        : "";
  }

  InstanceTemplate of(Resource revision, Spec.RevisionSpec spec, Spec.Container container) {
    List<String> command = new ArrayList<>();
    if (container.command() != null) {
      command.addAll(container.command());
    }
    if (container.args() != null) {
      command.addAll(container.args());
    }
    Map<String, String> env = new LinkedHashMap<>();
    if (container.env() != null) {
      for (Spec.EnvVar variable : container.env()) {
        env.put(variable.name(), variable.value() == null ? "" : variable.value());
      }
    }
    Map<String, String> labels = revision.metadata().labels();
    Path workingDir =
        container.workingDir() == null
            ? config.workingDir()
            : config.workingDir().resolve(container.workingDir());
    return new InstanceTemplate(
        command,
        env,
        workingDir.toString(),
        labels.getOrDefault(Labels.SERVICE, ""),
        labels.getOrDefault(Labels.CONFIGURATION, ""),
        probe(container.readinessProbe()),
        RevisionReachability.limits(spec).timeout(),
        deadline(revision));
  }

  /** The port name of a container's slices. */
  static String portName(Spec.Container container) {
    if (container.ports() != null) {
      for (Spec.ContainerPort port : container.ports()) {
        if ("h2c".equals(port.name())) {
          return "h2c";
        }
      }
    }
    return "http1";
  }

  private Duration deadline(Resource revision) {
    return Autoscaling.duration(
        revision.metadata().annotations().get(DEADLINE), config.progressDeadline());
  }

  private static Probe probe(Spec.@Nullable ContainerProbe probe) {
    if (probe != null && probe.httpGet() != null) {
      Map<String, String> headers = new LinkedHashMap<>();
      if (probe.httpGet().httpHeaders() != null) {
        probe.httpGet().httpHeaders().forEach(h -> headers.put(h.name(), h.value()));
      }
      String path = probe.httpGet().path();
      return new Probe.Http(path == null || path.isEmpty() ? "/" : path, headers);
    }
    if (probe != null && probe.exec() != null) {
      return new Probe.Exec(probe.exec().command());
    }
    return new Probe.Tcp();
  }
}

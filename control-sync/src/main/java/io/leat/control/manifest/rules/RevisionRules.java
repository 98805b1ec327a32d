package io.leat.control.manifest.rules;

import io.leat.control.resource.Spec.Container;
import io.leat.control.resource.Spec.ContainerPort;
import io.leat.control.resource.Spec.EnvVar;
import io.leat.control.resource.Spec.RevisionSpec;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for a revision's spec, in a template or on its own. */
final class RevisionRules {
  /** Names of a port that say which protocol is spoken there. */
  static final List<String> PORT_NAMES = List.of("http1", "h2c");

  static final int MAX_CONCURRENCY = 1000;
  static final int MAX_TIMEOUT_SECONDS = 600;
  static final int MAX_PORT = 65_535;

  private static final Pattern ENV_NAME = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
  private static final Set<String> RESERVED_ENV =
      Set.of("PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION");

  private final Findings findings;
  private final boolean standalone;

  RevisionRules(Findings findings, boolean standalone) {
    this.findings = findings;
    this.standalone = standalone;
  }

  /** Checks the spec of a template. */
  void template(RevisionSpec spec, String path) {
    limits(spec, path);
    List<Container> containers = spec.containers();
    if (containers == null) {
      findings.required(path + ".containers");
    } else {
      containers(containers, path + ".containers");
    }
  }

  /** Checks a Revision that a user wrote. */
  void revision(RevisionSpec spec) {
    limits(spec, "spec");
    List<Container> containers = spec.containers();
    if (standalone && containers != null && !containers.isEmpty()) {
      findings.add(
          "spec.containers",
          "is not allowed in a Revision: write a Configuration (or a Service), which creates its"
              + " revisions; a Revision without containers takes its endpoints from"
              + " EndpointSlices");
    } else if (!standalone && containers != null) {
      containers(containers, "spec.containers");
    }
  }

  private void limits(RevisionSpec spec, String path) {
    findings.range(path + ".containerConcurrency", spec.containerConcurrency(), 0, MAX_CONCURRENCY);
    findings.range(path + ".timeoutSeconds", spec.timeoutSeconds(), 0, MAX_TIMEOUT_SECONDS);
    findings.range(path + ".idleTimeoutSeconds", spec.idleTimeoutSeconds(), 0, MAX_TIMEOUT_SECONDS);
    Integer start = spec.responseStartTimeoutSeconds();
    int timeout = Defaults.timeoutSeconds(spec);
    boolean comparable = timeout > 0 && timeout <= MAX_TIMEOUT_SECONDS;
    if (comparable && start != null && start > timeout) {
      findings.add(
          path + ".responseStartTimeoutSeconds",
          "must be at most timeoutSeconds, " + timeout + " (got " + start + ")");
    } else {
      findings.range(path + ".responseStartTimeoutSeconds", start, 0, MAX_TIMEOUT_SECONDS);
    }
  }

  private void containers(List<Container> containers, String path) {
    if (containers.size() != 1) {
      findings.add(path, "must hold exactly one container (got " + containers.size() + ")");
    }
    for (int i = 0; i < containers.size(); i++) {
      container(containers.get(i), path + "[" + i + "]");
    }
  }

  private void container(Container container, String path) {
    String name = container.name();
    if (name != null && !name.isEmpty() && !Names.isDns1123(name)) {
      findings.add(path + ".name", Names.DNS_1123 + Findings.got(name));
    }
    program(container, path);
    env(container.env(), path + ".env");
    ports(container.ports(), path + ".ports");
    if (container.workingDir() != null && container.workingDir().isEmpty()) {
      findings.add(path + ".workingDir", "must not be empty");
    }
    if (container.readinessProbe() != null) {
      ProbeRules.check(container.readinessProbe(), path + ".readinessProbe", findings);
    }
  }

  private void program(Container container, String path) {
    List<String> command = container.command();
    if (!standalone) {
      if (container.image() == null || container.image().isEmpty()) {
        findings.required(path + ".image");
      }
    } else if (command == null && container.image() != null) {
      findings.add(
          path,
          "has image "
              + Findings.quote(container.image())
              + " but no command: standalone runs command as a local process and pulls no image,"
              + " so set command");
    } else if (command == null) {
      findings.add(path + ".command", "is required: standalone runs command as a local process");
    }
    if (command != null && (command.isEmpty() || command.getFirst().isEmpty())) {
      findings.add(path + ".command", "must not be empty: its first word is the program to run");
    }
  }

  private void env(@Nullable List<EnvVar> env, String path) {
    if (env == null) {
      return;
    }
    for (int i = 0; i < env.size(); i++) {
      String name = env.get(i).name();
      String place = path + "[" + i + "].name";
      if (RESERVED_ENV.contains(name)) {
        findings.add(place, "must not be " + name + ", which Leat sets itself");
      } else if (!ENV_NAME.matcher(name).matches()) {
        findings.add(
            place,
            "must be letters, digits, \"_\", \"-\" and \".\", no digit first" + Findings.got(name));
      }
    }
  }

  private void ports(@Nullable List<ContainerPort> ports, String path) {
    if (ports == null) {
      return;
    }
    if (ports.size() > 1) {
      findings.add(path, "must hold at most one port (got " + ports.size() + ")");
    }
    for (int i = 0; i < ports.size(); i++) {
      ContainerPort port = ports.get(i);
      String place = path + "[" + i + "]";
      if (port.name() != null && !port.name().isEmpty()) {
        findings.oneOf(place + ".name", port.name(), PORT_NAMES);
      }
      findings.range(place + ".containerPort", port.containerPort(), 1, MAX_PORT);
      findings.oneOf(place + ".protocol", port.protocol(), List.of("TCP"));
    }
  }
}

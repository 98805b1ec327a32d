package io.leat.control.runtime;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one instance of a revision is started and watched.
 *
 * @param command program and arguments, before {@code $(NAME)} expansion
 * @param env what the manifest sets, in its order: a value may refer to earlier ones; the runtime
 *     contract's {@code PORT} and {@code K_*} are added
 * @param workingDir absolute directory to start in
 * @param service value of {@code K_SERVICE}, may be empty
 * @param configuration value of {@code K_CONFIGURATION}, may be empty
 * @param probe when an instance counts as ready
 * @param stopGrace between SIGTERM and SIGKILL
 * @param progressDeadline how long an instance may take to become ready
 */
public record InstanceTemplate(
    List<String> command,
    Map<String, String> env,
    String workingDir,
    String service,
    String configuration,
    Probe probe,
    Duration stopGrace,
    Duration progressDeadline) {

  /** A readiness check, repeated until it passes. */
  public sealed interface Probe {
    /** The port accepts a TCP connection. */
    record Tcp() implements Probe {}

    /** GET answers 200 to 399. */
    record Http(String path, Map<String, String> headers) implements Probe {}

    /** The command exits 0. */
    record Exec(List<String> command) implements Probe {}
  }

  /** Copies the collections; the environment keeps its order. */
  public InstanceTemplate {
    command = List.copyOf(command);
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }
}

package io.leat.control.runtime.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start: everything expanded, nothing inherited.
 *
 * @param name unique among running children; part of the marker in the environment
 * @param command program and arguments; the program is looked up in the PATH of {@code env}
 * @param env the whole environment
 * @param directory where to start
 */
public record Launch(String name, List<String> command, Map<String, String> env, Path directory) {

  /** Copies the collections. */
  public Launch {
    command = List.copyOf(command);
    env = Map.copyOf(env);
  }
}

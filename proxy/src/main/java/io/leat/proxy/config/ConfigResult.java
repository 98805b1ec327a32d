package io.leat.proxy.config;

import java.util.List;
import java.util.Map;

/** What reading the configuration gave. */
public sealed interface ConfigResult {

  /**
   * Everything was in order.
   *
   * @param values every key with its value and origin
   */
  record Loaded(LeatConfig config, Map<ConfigKey, ConfigValue> values) implements ConfigResult {
    /** Copies the values. */
    public Loaded {
      values = Map.copyOf(values);
    }
  }

  /** Nothing was taken over; the process exits with 78 after printing every problem. */
  record Refused(List<ConfigProblem> problems) implements ConfigResult {
    /** Copies the problems. */
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}

package io.leat.proxy.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the configuration together: flag before environment before file before default.
 *
 * <p>Every problem of every source is collected, also of a value that another source overrides.
 */
public final class ConfigReader {
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final Map<ConfigKey, ConfigValue> values = new EnumMap<>(ConfigKey.class);

  private ConfigReader() {}

  /** The text of a configuration file and the name that its problems are reported under. */
  public record File(String name, String text) {}

  /** The value of a command line option; {@code option} with its dashes, as the user typed it. */
  public record Flag(String option, String value) {}

  /**
   * Where settings come from.
   *
   * @param environment all variables of the process; only those of known keys are looked at,
   *     because container platforms inject variables of their own under any prefix
   * @param file null when there is none
   */
  public record Sources(
      Map<ConfigKey, Flag> flags, Map<String, String> environment, @Nullable File file) {
    /** Copies the maps. */
    public Sources {
      flags = Map.copyOf(flags);
      environment = Map.copyOf(environment);
    }
  }

  /** Reads every source. */
  public static ConfigResult read(Sources sources) {
    ConfigReader reader = new ConfigReader();
    for (ConfigKey key : ConfigKey.values()) {
      reader.put(key, key.defaultText(), new ConfigValue.Origin.Default());
    }
    File file = sources.file();
    if (file != null) {
      new YamlSettings(file.name(), reader::put, reader.problems::add).read(file.text());
    }
    for (ConfigKey key : ConfigKey.values()) {
      reader.overrides(key, sources);
    }
    return reader.problems.isEmpty()
        ? new ConfigResult.Loaded(LeatConfig.of(reader.values), reader.values)
        : new ConfigResult.Refused(reader.problems);
  }

  private void overrides(ConfigKey key, Sources sources) {
    String variable = sources.environment().get(key.variable());
    if (variable != null) {
      put(key, variable, new ConfigValue.Origin.Environment(key.variable()));
    }
    Flag flag = sources.flags().get(key);
    if (flag != null) {
      put(key, flag.value(), new ConfigValue.Origin.Flag(flag.option()));
    }
  }

  private void put(ConfigKey key, String text, ConfigValue.Origin origin) {
    try {
      values.put(key, new ConfigValue(key, key.type().parse(text), origin));
    } catch (IllegalArgumentException e) {
      problems.add(new ConfigProblem(origin, key.key(), e.getMessage() + hint(text, origin)));
    }
  }

  /** Kubernetes sets {@code LEAT_ADMIN_PORT=tcp://…} for a Service that is named leat-admin. */
  private static String hint(String text, ConfigValue.Origin origin) {
    return origin instanceof ConfigValue.Origin.Environment && text.startsWith("tcp://")
        ? "; a Kubernetes service link set this variable: use enableServiceLinks: false"
        : "";
  }
}

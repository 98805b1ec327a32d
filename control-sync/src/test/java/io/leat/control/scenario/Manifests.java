package io.leat.control.scenario;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Manifests of the scenarios, as text. */
final class Manifests {
  private static final List<String> APP =
      List.of(
          System.getProperty("java.home") + "/bin/java",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx256m",
          "-cp",
          Path.of("target/test-classes").toAbsolutePath().toString(),
          "io.leat.control.scenario.TestApp");

  private Manifests() {}

  /** A Configuration under construction. */
  static final class Config {
    private final String name;
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private final Map<String, String> env = new LinkedHashMap<>();
    private int containerConcurrency;
    private List<String> command = APP;

    Config(String name) {
      this.name = name;
    }

    Config scale(int initial, int max) {
      annotations.put("initial-scale", "" + initial);
      annotations.put("max-scale", "" + max);
      return this;
    }

    Config annotation(String key, String value) {
      annotations.put(key, value);
      return this;
    }

    Config env(String key, String value) {
      env.put(key, value);
      return this;
    }

    Config concurrency(int limit) {
      containerConcurrency = limit;
      return this;
    }

    Config command(String... words) {
      command = List.of(words);
      return this;
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      text.append("apiVersion: serving.knative.dev/v1\nkind: Configuration\nmetadata: {name: ")
          .append(name)
          .append("}\nspec:\n  template:\n    metadata:\n      annotations:\n");
      text.append("        autoscaling.knative.dev/window: 6s\n");
      annotations.forEach((key, value) ->
          text.append("        autoscaling.knative.dev/")
              .append(key)
              .append(": \"")
              .append(value)
              .append("\"\n"));
      text.append("    spec:\n      containerConcurrency: ").append(containerConcurrency);
      text.append("\n      containers:\n      - command:\n");
      command.forEach(word -> text.append("        - '").append(word).append("'\n"));
      if (!env.isEmpty()) {
        text.append("        env:\n");
        env.forEach((key, value) ->
            text.append("        - {name: ")
                .append(key)
                .append(", value: '")
                .append(value)
                .append("'}\n"));
      }
      return text.append("---\n").toString();
    }
  }

  static Config config(String name) {
    return new Config(name);
  }

  /** A Service; each target is one flow mapping such as {@code {revisionName: a, percent: 5}}. */
  static String service(Config config, String... targets) {
    StringBuilder traffic = new StringBuilder("  traffic:\n");
    for (String target : targets) {
      traffic.append("  - ").append(target).append('\n');
    }
    return config
        .toString()
        .replace("kind: Configuration", "kind: Service")
        .replace("---\n", traffic + "---\n");
  }

  /**
   * A Route; each target is one flow mapping such as {@code {configurationName: a, percent: 5}}.
   */
  static String route(String name, String... targets) {
    StringBuilder text =
        new StringBuilder("apiVersion: serving.knative.dev/v1\nkind: Route\nmetadata: {name: ");
    text.append(name).append("}\nspec:\n  traffic:\n");
    for (String target : targets) {
      text.append("  - ").append(target).append('\n');
    }
    return text.append("---\n").toString();
  }
}

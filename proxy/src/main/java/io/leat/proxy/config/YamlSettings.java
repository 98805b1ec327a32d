package io.leat.proxy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Walks a configuration file of sections and keys and reports each with its position. */
final class YamlSettings {
  private final String file;
  private final Sink sink;
  private final Consumer<ConfigProblem> problems;

  YamlSettings(String file, Sink sink, Consumer<ConfigProblem> problems) {
    this.file = file;
    this.sink = sink;
    this.problems = problems;
  }

  /** Takes one value of the file. */
  interface Sink {
    void put(ConfigKey key, String text, ConfigValue.Origin origin);
  }

  void read(String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(file).setUseMarks(true).build();
    try {
      new Compose(settings).composeString(text).filter(node -> !isNull(node)).ifPresent(this::root);
    } catch (MarkedYamlEngineException e) {
      problem(origin(e.getProblemMark().or(e::getContextMark)), "", e.getProblem());
    } catch (YamlEngineException e) {
      problem(origin(Optional.empty()), "", "is no YAML: " + e.getMessage());
    }
  }

  private void root(Node node) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : entries(node, "", "must be a mapping of sections")) {
      String section = name(tuple, seen, "");
      if (section == null) {
        continue;
      }
      if (!ConfigKey.sections().contains(section)) {
        problem(tuple.getKeyNode(), section, unknownSection(section));
      } else if (!isNull(tuple.getValueNode())) {
        section(section, tuple.getValueNode());
      }
    }
  }

  private void section(String section, Node node) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : entries(node, section, "must be a mapping of keys")) {
      String leaf = name(tuple, seen, section + ".");
      if (leaf == null) {
        continue;
      }
      String name = section + "." + leaf;
      ConfigKey key = ConfigKey.find(name);
      if (key == null) {
        problem(tuple.getKeyNode(), name, "unknown key" + didYouMean(section, leaf));
      } else {
        value(key, tuple.getValueNode());
      }
    }
  }

  private void value(ConfigKey key, Node node) {
    if (node instanceof ScalarNode scalar && !isNull(node)) {
      sink.put(key, scalar.getValue(), origin(node.getStartMark()));
    } else {
      problem(node, key.key(), "must be a single value (" + key.type().label() + ")");
    }
  }

  private Iterable<NodeTuple> entries(Node node, String key, String rule) {
    if (node instanceof MappingNode mapping) {
      return mapping.getValue();
    }
    problem(node, key, rule);
    return Set.of();
  }

  private @Nullable String name(NodeTuple tuple, Set<String> seen, String prefix) {
    Node node = tuple.getKeyNode();
    if (!(node instanceof ScalarNode scalar)) {
      problem(node, prefix.isEmpty() ? "" : prefix + "?", "keys must be plain names");
      return null;
    }
    if (!seen.add(scalar.getValue())) {
      problem(node, prefix + scalar.getValue(), "stands twice in this file");
      return null;
    }
    return scalar.getValue();
  }

  private static String unknownSection(String name) {
    ConfigKey dotted = ConfigKey.find(name);
    if (dotted != null) {
      return "write it as a section: " + dotted.section() + ": {" + dotted.leaf() + ": …}";
    }
    String nearest = NearestName.of(name, ConfigKey.sections());
    return "unknown section" + (nearest == null ? "" : ", did you mean " + nearest + "?");
  }

  private static String didYouMean(String section, String leaf) {
    List<String> siblings = new ArrayList<>();
    for (ConfigKey key : ConfigKey.values()) {
      if (key.leaf().equals(leaf)) {
        return ", did you mean " + key.key() + "?";
      }
      if (key.section().equals(section)) {
        siblings.add(key.leaf());
      }
    }
    String nearest = NearestName.of(leaf, siblings);
    return nearest == null ? "" : ", did you mean " + section + "." + nearest + "?";
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private void problem(Node node, String key, String message) {
    problem(origin(node.getStartMark()), key, message);
  }

  private void problem(ConfigValue.Origin origin, String key, String message) {
    problems.accept(new ConfigProblem(origin, key, message));
  }

  private ConfigValue.Origin origin(Optional<Mark> mark) {
    return new ConfigValue.Origin.File(
        file, mark.map(Mark::getLine).orElse(0) + 1, mark.map(Mark::getColumn).orElse(0) + 1);
  }
}

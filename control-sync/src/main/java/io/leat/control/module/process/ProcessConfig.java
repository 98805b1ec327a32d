package io.leat.control.module.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.Urn;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.InstanceTemplate.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configs of a process, as they are kept: a JSON object that fits {@link #SCHEMA}. */
record ProcessConfig(JsonNode json) {
  static final JsonNode SCHEMA =
      ParamSchema.of(
          """
          {'type':'object','required':['command'],'additionalProperties':false,'properties':{
            'command':{'type':'array','minItems':1,'items':{'type':'string','minLength':1}},
            'args':{'type':'array','items':{'type':'string'}},
            'env':{'type':'object'},
            'working_dir':{'type':'string','minLength':1},
            'replicas':{'type':'integer','minimum':0,'maximum':32},
            'ready':{'type':'string','enum':['started','tcp','http']},
            'ready_path':{'type':'string','minLength':1},
            'ready_seconds':{'type':'integer','minimum':1,'maximum':600},
            'stop_seconds':{'type':'integer','minimum':0,'maximum':600},
            'stopped':{'type':'boolean'}}}
          """);

  private static final List<String> AT_ONCE = List.of("true");

  int replicas() {
    return json.path("replicas").asInt(1);
  }

  boolean stopped() {
    return json.path("stopped").asBoolean(false);
  }

  /** How many instances are wanted now. */
  int wanted() {
    return stopped() ? 0 : replicas();
  }

  ProcessConfig with(String field, JsonNode value) {
    ObjectNode copy = json.deepCopy();
    copy.set(field, value);
    return new ProcessConfig(copy);
  }

  /**
   * Judges what no schema can.
   *
   * @throws ModuleFailure when an environment variable is no string
   */
  void check() throws ModuleFailure {
    for (var variable : json.path("env").properties()) {
      if (!variable.getValue().isTextual()) {
        throw ModuleFailure.badRequest("env." + variable.getKey() + ": must be of type string");
      }
    }
  }

  InstanceTemplate template(Urn urn, Path directory) {
    List<String> command = new ArrayList<>();
    json.path("command").forEach(word -> command.add(word.asText()));
    json.path("args").forEach(word -> command.add(word.asText()));
    Map<String, String> env = new LinkedHashMap<>();
    for (var variable : json.path("env").properties()) {
      env.put(variable.getKey(), variable.getValue().asText());
    }
    Probe probe =
        switch (json.path("ready").asText("started")) {
          case "tcp" -> new Probe.Tcp();
          case "http" -> new Probe.Http(json.path("ready_path").asText("/"), Map.of());
          default -> new Probe.Exec(AT_ONCE);
        };
    return new InstanceTemplate(
        command,
        env,
        directory.resolve(json.path("working_dir").asText("")).toAbsolutePath().toString(),
        urn.name(),
        "",
        probe,
        Duration.ofSeconds(json.path("stop_seconds").asInt(10)),
        Duration.ofSeconds(json.path("ready_seconds").asInt(30)));
  }
}

package io.leat.control.module.firehose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.schema.ParamSchema;
import io.leat.proxy.table.ChannelId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configs of a firehose, as they are kept: a JSON object that fits {@link #SCHEMA}. */
record FirehoseConfig(JsonNode json) {
  static final List<String> LEVELS = List.of("DEBUG", "INFO", "WARN", "ERROR");
  static final JsonNode SCHEMA =
      ParamSchema.of(
          """
          {'type':'object','additionalProperties':false,'properties':{
            'log_level':{'type':'string','enum':['DEBUG','INFO','WARN','ERROR']},
            'replicas':{'type':'integer','minimum':1,'maximum':16},
            'stopped':{'type':'boolean'},
            'stop_time':{'type':'string','minLength':1},
            'source':{'type':'object','required':['type'],'additionalProperties':false,
              'properties':{
                'type':{'type':'string','enum':['file','http','channel']},
                'path':{'type':'string','minLength':1},
                'url':{'type':'string','minLength':1},
                'name':{'type':'string','minLength':1},
                'namespace':{'type':'string','minLength':1},
                'interval_millis':{'type':'integer','minimum':50,'maximum':3600000}}},
            'sink':{'type':'object','required':['type'],'additionalProperties':false,
              'properties':{
                'type':{'type':'string','enum':['file','http']},
                'path':{'type':'string','minLength':1},
                'url':{'type':'string','minLength':1}}}}}
          """);

  private static final int DEFAULT_INTERVAL = 1_000;

  String logLevel() {
    return json.path("log_level").asText("INFO");
  }

  /** Whether a line of a level is logged. */
  boolean logs(String level) {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(logLevel());
  }

  int replicas() {
    return json.path("replicas").asInt(1);
  }

  boolean stopped() {
    return json.path("stopped").asBoolean(false);
  }

  @Nullable Instant stopTime() {
    String text = json.path("stop_time").asText("");
    return text.isEmpty() ? null : Instant.parse(text);
  }

  /** Whether it is to run at a time. */
  boolean runs(Instant now) {
    Instant stop = stopTime();
    return !stopped() && (stop == null || now.isBefore(stop)) && isComplete();
  }

  /** Whether there is anything to carry, and somewhere to carry it to. */
  boolean isComplete() {
    return json.has("source") && json.has("sink");
  }

  Duration interval() {
    return Duration.ofMillis(json.at("/source/interval_millis").asInt(DEFAULT_INTERVAL));
  }

  /** Whether the lines are the events of a Channel. */
  boolean ofChannel() {
    return json.at("/source/type").asText().equals("channel");
  }

  /**
   * The Channel of the source.
   *
   * @param namespace when it names none
   */
  ChannelId channel(String namespace) {
    JsonNode source = json.path("source");
    return new ChannelId(source.path("namespace").asText(namespace), source.path("name").asText());
  }

  FirehoseConfig with(String field, JsonNode value) {
    ObjectNode copy = json.deepCopy();
    copy.set(field, value);
    return new FirehoseConfig(copy);
  }

  FirehoseConfig without(String field) {
    ObjectNode copy = json.deepCopy();
    copy.remove(field);
    return new FirehoseConfig(copy);
  }

  /** Judges what no schema can. */
  void check() throws ModuleFailure {
    if (json.has("source")) {
      if (!ofChannel()) {
        end("source");
      } else if (json.at("/source/name").asText("").isEmpty()) {
        throw ModuleFailure.badRequest("source.name: is required");
      }
    }
    if (json.has("sink")) {
      end("sink");
    }
    try {
      var _ = stopTime();
    } catch (DateTimeParseException e) {
      throw ModuleFailure.badRequest(
          "stop_time: must be a time such as 2030-01-31T12:00:00Z (got '"
              + json.path("stop_time").asText()
              + "')");
    }
  }

  private void end(String name) throws ModuleFailure {
    JsonNode end = json.path(name);
    boolean file = end.path("type").asText().equals("file");
    String field = file ? "path" : "url";
    String value = end.path(field).asText("");
    if (value.isEmpty()) {
      throw ModuleFailure.badRequest(name + "." + field + ": is required");
    }
    if (file) {
      if (!Path.of(value).isAbsolute()) {
        throw ModuleFailure.badRequest(name + ".path: must be absolute (got '" + value + "')");
      }
    } else if (!isHttp(value)) {
      throw ModuleFailure.badRequest(
          name + ".url: must be an http or https URL (got '" + value + "')");
    }
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      String scheme = uri.getScheme();
      return uri.getHost() != null && ("http".equals(scheme) || "https".equals(scheme));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

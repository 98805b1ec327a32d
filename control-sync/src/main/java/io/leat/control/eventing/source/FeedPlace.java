package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.eventing.source.emit.LineEvents;
import io.leat.control.eventing.source.emit.SourceTime;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where a feed works, and with what.
 *
 * @param key {@code namespace/name} of the Source
 * @param stateDir folder for what Sources remember
 */
record FeedPlace(String key, SourceSpec spec, Path stateDir, SourceTime time, SharedParts shared) {

  JsonNode arguments() {
    return spec.arguments();
  }

  /** The type of events that bring none of their own. */
  String type() {
    return arguments().path("type").asText("dev.leat.source." + spec.provisioner());
  }

  LineEvents lines() {
    boolean json = arguments().path("format").asText("text").equals("json");
    return new LineEvents(json, spec.source(), type());
  }

  StateFile state() {
    return stateFile(stateDir, key);
  }

  static StateFile stateFile(Path stateDir, String key) {
    return new StateFile(
        stateDir.resolve(URLEncoder.encode(key, StandardCharsets.UTF_8) + ".json"));
  }
}

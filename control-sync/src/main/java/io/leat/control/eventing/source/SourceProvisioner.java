package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.module.schema.ParamSchema;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A kind of Source that runs in this process. */
public enum SourceProvisioner {
  /** An event each time a period has passed. */
  INTERVAL("interval", IntervalFeed.SCHEMA, IntervalFeed::problems, IntervalFeed::new),
  /** The document at a URL, each time it changed. */
  HTTP_POLL("http-poll", HttpPollFeed.SCHEMA, HttpPollFeed::problems, HttpPollFeed::new),
  /** The lines that a file grows by. */
  FILE_TAIL("file-tail", FileTailFeed.SCHEMA, FileTailFeed::problems, FileTailFeed::new),
  /** The lines that a program prints. */
  PROCESS("process", ProcessFeed.SCHEMA, ProcessFeed::problems, ProcessFeed::new);

  private final String word;
  private final JsonNode parameters;
  private final Function<JsonNode, List<String>> rules;
  private final Function<FeedPlace, Feed> maker;

  SourceProvisioner(
      String word,
      JsonNode parameters,
      Function<JsonNode, List<String>> rules,
      Function<FeedPlace, Feed> maker) {
    this.word = word;
    this.parameters = parameters;
    this.rules = rules;
    this.maker = maker;
  }

  /** The provisioner of this name, such as {@code http-poll}. */
  public static Optional<SourceProvisioner> named(String word) {
    for (SourceProvisioner each : values()) {
      if (each.word.equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** Its name in resources. */
  public String word() {
    return word;
  }

  /** The JSON Schema of its arguments. */
  public JsonNode parameters() {
    return parameters.deepCopy();
  }

  /** Everything that is wrong with arguments, each with its place; empty when nothing is. */
  public List<String> problems(JsonNode arguments) {
    List<String> problems = ParamSchema.problems(parameters, arguments);
    return problems.isEmpty() ? rules.apply(arguments) : problems;
  }

  Feed feed(FeedPlace place) {
    return maker.apply(place);
  }
}

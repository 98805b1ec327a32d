package io.leat.control.eventing.provisioner;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.resource.Kind;
import java.util.Locale;
import java.util.Optional;

/**
 * The provisioners that are there without a resource. Each has the JSON Schema that arguments must
 * fit, whatever a Provisioner over it asks for besides.
 */
public enum BackEnd {
  /** Channels kept in a log of files. */
  LOG(Kind.CHANNEL, Schemas.KEPT),
  /** Channels kept in memory. */
  MEMORY(Kind.CHANNEL, Schemas.IN_MEMORY),
  /** Channels kept in Kafka, whose client and topic the arguments describe. */
  KAFKA(Kind.CHANNEL, Schemas.ANY),
  /** An event now and then. */
  INTERVAL(Kind.SOURCE, Schemas.ANY),
  /** What a URL answers, asked again and again. */
  HTTP_POLL(Kind.SOURCE, "{'type':'object','required':['url']}"),
  /** The lines that files grow by. */
  FILE_TAIL(Kind.SOURCE, "{'type':'object','required':['path']}"),
  /** The lines that a program prints. */
  PROCESS(Kind.SOURCE, "{'type':'object','required':['command']}");

  private final Kind kind;
  private final JsonNode schema;

  BackEnd(Kind kind, String schema) {
    this.kind = kind;
    this.schema = ParamSchema.of(schema);
  }

  /** Schemas by what they are for. */
  private static final class Schemas {
    static final String ANY = "{'type':'object'}";
    static final String LIMITS =
        "'maxBytes':{},'maxAge':{'type':'string','minLength':1},"
            + "'breach':{'type':'string','enum':['block','dead-letter']},"
            + "'dedupWindow':{'type':'string','minLength':1},'dedupEvents':{}";
    static final String IN_MEMORY =
        "{'type':'object','additionalProperties':false,'properties':{" + LIMITS + "}}";
    static final String KEPT =
        "{'type':'object','additionalProperties':false,'properties':{"
            + "'durability':{'type':'string','enum':['fsync','os','memory']},"
            + LIMITS
            + "}}";

    private Schemas() {}
  }

  /** What it makes: {@code SOURCE} or {@code CHANNEL}. */
  public Kind kind() {
    return kind;
  }

  /** How resources name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What arguments must fit. */
  JsonNode schema() {
    return schema;
  }

  /** The one of a name. */
  public static Optional<BackEnd> named(String word) {
    for (BackEnd each : values()) {
      if (each.word().equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}

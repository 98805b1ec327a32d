package io.leat.control.eventing.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import io.leat.control.eventing.schema.Verdict.Outcome;
import io.leat.control.eventing.schema.Verdict.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schemas of EventTypes, compiled, by the type of event that they describe.
 *
 * <p>A schema is of draft 2020-12 unless its {@code $schema} names draft 4, 6, 7 or 2019-09. It may
 * refer to parts of itself only: nothing is ever fetched. Patterns are those of {@link
 * java.util.regex}. What a check may cost is bounded by the size and depth of the data, by the
 * keywords that are evaluated, and by the work of patterns; whatever costs more is invalid.
 *
 * <p>One thread at a time changes the set; any thread checks.
 */
public final class EventSchemas {
  /** Largest schema, in characters. */
  public static final int MAX_SCHEMA = 256 * 1024;

  /** Largest data that is checked, in bytes. */
  public static final int MAX_DATA = 1024 * 1024;

  /** Deepest nesting of schemas and data. */
  public static final int MAX_DEPTH = 64;

  /** Problems that a verdict tells at most. */
  public static final int MAX_PROBLEMS = 20;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(400)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder
                  .schemaCacheEnabled(false)
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .locale(Locale.ROOT)
                          .pathType(PathType.JSON_POINTER)
                          .regularExpressionFactory(
                              pattern -> new BoundedRegex(Pattern.compile(pattern)))
                          .build()));

  private volatile Map<String, Compiled> byType = Map.of();

  private record Compiled(String text, Schema schema) {}

  /**
   * Makes the known schemas equal to these; one whose text did not change is not compiled again.
   *
   * @param textByType schema by event type
   * @return what is wrong, by event type: such a type stays unknown
   */
  public Map<String, String> apply(Map<String, String> textByType) {
    Map<String, Compiled> before = byType;
    Map<String, Compiled> after = new HashMap<>();
    Map<String, String> problems = new TreeMap<>();
    textByType.forEach((type, text) -> {
      Compiled known = before.get(type);
      if (known != null && known.text().equals(text)) {
        after.put(type, known);
        return;
      }
      try {
        after.put(type, new Compiled(text, compile(text)));
      } catch (IllegalArgumentException e) {
        problems.put(type, String.valueOf(e.getMessage()));
      }
    });
    byType = Map.copyOf(after);
    return problems;
  }

  /** What is wrong with the text of a schema; empty when nothing is. */
  public static String problem(String text) {
    try {
      compile(text);
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Judges the data of one event.
   *
   * @param contentType its {@code datacontenttype}; null stands for JSON
   * @param data null for none, which is checked as a JSON null
   */
  public Verdict check(String type, @Nullable String contentType, byte @Nullable [] data) {
    Compiled known = byType.get(type);
    if (known == null) {
      return Verdict.of(Outcome.UNKNOWN_TYPE);
    }
    if (!isJson(contentType)) {
      return Verdict.of(Outcome.NOT_JSON);
    }
    if (data != null && data.length > MAX_DATA) {
      return Verdict.invalid("more than " + MAX_DATA + " bytes of data are not checked");
    }
    JsonNode value;
    try {
      value = data == null ? MAPPER.nullNode() : MAPPER.readTree(data);
    } catch (JsonProcessingException e) {
      return Verdict.invalid("is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      return Verdict.invalid("is no JSON: " + e.getMessage());
    }
    return value.isMissingNode() ? Verdict.invalid("is no JSON: empty") : run(known.schema, value);
  }

  private static Verdict run(Schema schema, JsonNode value) {
    List<Error> errors;
    try {
      errors = schema.validate(new CountedCheck(), value, OutputFormat.DEFAULT);
    } catch (CostlyCheckException e) {
      return Verdict.invalid(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      // A schema may refer to itself without going into the data.
      return Verdict.invalid("the schema refers to itself without end");
    } catch (SchemaException e) {
      return Verdict.invalid("the schema cannot be evaluated: " + e.getMessage());
    }
    List<Problem> problems = new ArrayList<>();
    for (Error error : errors.subList(0, Math.min(errors.size(), MAX_PROBLEMS))) {
      problems.add(new Problem(error.getInstanceLocation().toString(), error.getMessage()));
    }
    return new Verdict(problems.isEmpty() ? Outcome.VALID : Outcome.INVALID, problems);
  }

  private static Schema compile(String text) {
    if (text.length() > MAX_SCHEMA) {
      throw new IllegalArgumentException("is longer than " + MAX_SCHEMA + " characters");
    }
    JsonNode json;
    try {
      json = MAPPER.readTree(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException("is no JSON: " + e.getMessage(), e);
    }
    if (!json.isObject() && !json.isBoolean()) {
      throw new IllegalArgumentException("is no JSON Schema (expected: an object or a boolean)");
    }
    try {
      Schema schema = REGISTRY.getSchema(json);
      schema.initializeValidators();
      return schema;
    } catch (RuntimeException | StackOverflowError e) {
      throw new IllegalArgumentException("is no JSON Schema: " + e.getMessage(), e);
    }
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return true;
    }
    int end = contentType.indexOf(';');
    String media =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return media.endsWith("/json") || media.endsWith("+json");
  }
}

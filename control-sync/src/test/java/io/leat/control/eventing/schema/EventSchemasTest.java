package io.leat.control.eventing.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.eventing.schema.Verdict.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventSchemasTest {
  private static final String ORDER =
      """
      {"type":"object","required":["id","lines"],"properties":{
        "id":{"$ref":"#/$defs/id"},
        "lines":{"type":"array","maxItems":3,"items":{"type":"object","properties":{
          "count":{"type":"integer","minimum":1}}}}},
       "$defs":{"id":{"type":"string","pattern":"^o-[0-9]+$"}}}
      """;

  private final EventSchemas schemas = new EventSchemas();

  private Verdict check(String schema, String data) {
    assertThat(schemas.apply(Map.of("t", schema))).isEmpty();
    return schemas.check("t", "application/json", data.getBytes(UTF_8));
  }

  @Test
  void problemsHaveTheirPlace() {
    assertThat(check(ORDER, "{\"id\":\"o-1\",\"lines\":[{\"count\":2}]}").outcome())
        .isEqualTo(Outcome.VALID);
    Verdict bad = check(ORDER, "{\"id\":\"x\",\"lines\":[{},{\"count\":0}]}");
    assertThat(bad.outcome()).isEqualTo(Outcome.INVALID);
    assertThat(bad.problems())
        .extracting(Verdict.Problem::place)
        .containsExactlyInAnyOrder("/id", "/lines/1/count");
    assertThat(SchemaPolicy.REJECT.refuses(bad)).isTrue();
    assertThat(SchemaPolicy.WARN.refuses(bad)).isFalse();
    assertThat(SchemaPolicy.named("reject")).contains(SchemaPolicy.REJECT);
    assertThat(SchemaPolicy.named("drop")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "t, application/json, INVALID",
    "t, 'APPLICATION/JSON; charset=utf-8', INVALID",
    "t, application/vnd.order+json, INVALID",
    "t, , INVALID",
    "t, text/plain, NOT_JSON",
    "other, application/json, UNKNOWN_TYPE"
  })
  void onlyJsonOfKnownTypesIsChecked(String type, String contentType, Outcome outcome) {
    schemas.apply(Map.of("t", ORDER));
    assertThat(schemas.check(type, contentType, "7".getBytes(UTF_8)).outcome()).isEqualTo(outcome);
  }

  @Test
  void dataThatIsNoJsonOrNoneIsInvalid() {
    assertThat(check("{\"type\":\"object\"}", "{\"a\":").isFine()).isFalse();
    assertThat(check("{\"type\":\"object\"}", "{} {}").isFine()).isFalse();
    assertThat(check("{\"type\":\"object\"}", "").isFine()).isFalse();
    assertThat(schemas.check("t", null, null).isFine()).isFalse();
    assertThat(check("true", "7").isFine()).isTrue();
    assertThat(check("{}", "[".repeat(100) + "]".repeat(100)).isFine()).isFalse();
    assertThat(check("{}", "\"" + "x".repeat(EventSchemas.MAX_DATA) + "\"").isFine()).isFalse();
  }

  @Test
  void aCheckThatCostsTooMuchEnds() {
    assertThat(check("{\"pattern\":\"^(a+)+$\"}", "\"" + "a".repeat(40) + "b\"").problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.text()).contains("pattern"));
    StringBuilder doubling = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 30; i++) {
      String next = "{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}";
      doubling.append("\"d" + i + "\":{\"allOf\":[" + next + "," + next + "]},");
    }
    doubling.append("\"d30\":{\"type\":\"string\"}}}");
    assertThat(check(doubling.toString(), "\"x\"").problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.text()).contains("too many steps"));
    assertThat(check("{\"$ref\":\"#\"}", "1").isFine()).isFalse();
    assertThat(check("{\"items\":{\"type\":\"null\"}}", "[" + "1,".repeat(999) + "1]").problems())
        .hasSize(EventSchemas.MAX_PROBLEMS);
  }

  @Test
  void badSchemasAreNamedAndTheOthersCount() {
    Map<String, String> problems =
        schemas.apply(
            Map.of(
                "good", "{\"type\":\"string\"}",
                "json", "{",
                "list", "[]",
                "pattern", "{\"pattern\":\"(\"}",
                "far", "{\"$ref\":\"http://127.0.0.1:1/schema.json\"}",
                "near", "{\"$ref\":\"file:///etc/passwd\"}",
                "long", "{\"a\":\"" + "x".repeat(EventSchemas.MAX_SCHEMA) + "\"}"));
    assertThat(problems.keySet()).containsExactly("far", "json", "list", "long", "near", "pattern");
    assertThat(schemas.check("good", null, "1".getBytes(UTF_8)).isFine()).isFalse();
    assertThat(schemas.check("list", null, "1".getBytes(UTF_8)).outcome())
        .isEqualTo(Outcome.UNKNOWN_TYPE);
    assertThat(EventSchemas.problem("{}")).isEmpty();
    assertThat(EventSchemas.problem("nope")).contains("no JSON");
  }

  @Test
  void aSchemaOfAnOlderDraftIsReadAsSuch() {
    String older =
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"items\":[{\"type\":\"string\"}]}";
    assertThat(check(older, "[1]").isFine()).isFalse();
    assertThat(check(older, "[\"a\",1]").isFine()).isTrue();
  }
}

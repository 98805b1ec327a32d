package io.leat.control.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KindSchemaTest {

  static List<Kind> definedKinds() {
    return CrdYaml.kinds();
  }

  @ParameterizedTest
  @MethodSource("definedKinds")
  void theDefinitionsAreWrittenFromTheRecords(Kind kind) throws IOException {
    String name = kind.plural() + "." + kind.group() + ".yaml";
    RenderedDocument.assertCurrent(
        "deploy/crds/" + name.toLowerCase(Locale.ROOT), CrdYaml.of(kind));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyFieldHasADescription(Kind kind) {
    Set<String> silent = new TreeSet<>();
    collect(KindSchema.of(kind), kind.kind(), silent);
    assertThat(silent).isEmpty();
  }

  private static void collect(JsonNode schema, String path, Set<String> silent) {
    for (var property : schema.path("properties").properties()) {
      String place = path + "." + property.getKey();
      if (property.getValue().path("description").asText("").isEmpty()) {
        silent.add(place);
      }
      collect(property.getValue(), place, silent);
      collect(property.getValue().path("items"), place, silent);
    }
  }

  @Test
  void requiredFieldsAndBoundsAreThoseOfTheRecordsAndRules() {
    JsonNode route = KindSchema.of(Kind.ROUTE);
    JsonNode target = route.at("/properties/spec/properties/traffic/items/properties");
    assertThat(target.at("/percent/maximum").asInt()).isEqualTo(100);
    assertThat(KindSchema.of(Kind.CONFIGURATION).at("/properties/spec/required/0").asText())
        .isEqualTo("template");
    Bounds percent = Objects.requireNonNull(Bounds.BY_FIELD.get("TrafficTarget.percent"));
    assertThat(findings(percent.most() + 1)).contains("must be at most 100");
    assertThat(findings(percent.least() - 1)).contains("must be at least 0");
  }

  private static String findings(long percent) {
    Spec.TrafficTarget target = new Spec.TrafficTarget(null, "shop", null, percent, null, null);
    Resource route =
        Resource.of(
            Kind.ROUTE, Metadata.of("default", "shop"), new Spec.RouteSpec(List.of(target)));
    return String.join(
        "\n", Validation.standalone().findings(route).stream().map(Finding::toString).toList());
  }

  @ParameterizedTest
  @MethodSource("definedKinds")
  void aConditionThatHoldsNeedsNoWords(Kind kind) {
    JsonNode condition =
        KindSchema.of(kind).at("/properties/status/properties/conditions/items/required");
    assertThat(condition).extracting(JsonNode::asText).containsExactly("type", "status");
  }

  @Test
  void clustersGetEveryKindThatTheyLack() {
    Set<Kind> theirs = EnumSet.of(Kind.ENDPOINT_SLICE);
    Set<Kind> defined = EnumSet.copyOf(CrdYaml.kinds());
    for (Kind kind : Kind.values()) {
      assertThat(defined.contains(kind))
          .as(kind.resource())
          .isEqualTo(!kind.isDocument() && !theirs.contains(kind));
    }
  }

  @Test
  void everyDescriptionDescribesSomething() {
    Set<String> used = new TreeSet<>();
    for (Kind kind : Kind.values()) {
      texts(KindSchema.of(kind), used);
    }
    Set<String> unused = new TreeSet<>();
    for (String name : FieldTexts.all()) {
      int dot = name.lastIndexOf('.');
      if (!used.contains(FieldTexts.of(name.substring(0, dot), name.substring(dot + 1)))) {
        unused.add(name);
      }
    }
    assertThat(unused).isEmpty();
  }

  private static void texts(JsonNode schema, Set<String> used) {
    used.add(schema.path("description").asText(""));
    schema.forEach(child -> texts(child, used));
  }

  @Test
  void openApiTellsClientsWhatPatchTakes() {
    OpenApi api = new OpenApi("1");
    assertThat(api.version3("apis/serving.knative.dev/v1").orElseThrow())
        .contains("/apis/serving.knative.dev/v1/namespaces/{namespace}/routes/{name}")
        .contains("\"name\":\"fieldValidation\"");
    assertThat(api.root3()).contains("\"api/v1\"", "/openapi/v3/apis/coordination.k8s.io/v1?hash=");
    assertThat(new String(api.protobuf2(), StandardCharsets.UTF_8))
        .contains("dev.knative.serving.v1.Route", "dryRun");
  }
}

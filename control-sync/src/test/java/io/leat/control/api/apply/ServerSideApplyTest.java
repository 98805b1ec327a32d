package io.leat.control.api.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServerSideApplyTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ONE =
      "{'spec':{'containers':[{'name':'app','image':'x','env':[{'name':'A','value':'1'}]}],"
          + "'traffic':[{'percent':100}]}}";

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static FieldOwners.Writer writer(String name) {
    return new FieldOwners.Writer(name, "example.org/v1", "2026-01-01T00:00:00Z", false);
  }

  private static ServerSideApply.Outcome apply(
      @Nullable String live, FieldOwners owners, String wanted, String who, boolean force) {
    ObjectNode document = live == null ? null : json(live);
    return ServerSideApply.apply(document, owners, json(wanted), writer(who), force);
  }

  private static ServerSideApply.Applied applied(ServerSideApply.Outcome outcome) {
    assertThat(outcome).isInstanceOf(ServerSideApply.Applied.class);
    return (ServerSideApply.Applied) outcome;
  }

  private static String text(ServerSideApply.Applied applied) {
    return applied.document().toString().replace('"', '\'');
  }

  private static FieldOwners ownersOf(String document, String who) {
    return applied(apply(null, FieldOwners.parse(""), document, who, false)).owners();
  }

  @Test
  void whatIsLeftOutGoesUnlessSomebodyElseOwnsIt() {
    FieldOwners owners = ownersOf(ONE, "a");
    ServerSideApply.Applied both =
        applied(
            apply(
                ONE,
                owners,
                "{'spec':{'containers':[{'name':'app','env':[{'name':'B','value':'2'}]}]}}",
                "b",
                false));
    assertThat(text(both)).contains("'name':'A'", "'name':'B'", "'image':'x'");
    ServerSideApply.Applied less =
        applied(
            ServerSideApply.apply(
                both.document(),
                both.owners(),
                json("{'spec':{'containers':[{'name':'app','image':'x'}]}}"),
                writer("a"),
                false));
    assertThat(text(less))
        .isEqualTo(
            "{'spec':{'containers':[{'name':'app','image':'x','env':[{'name':'B','value':'2'}]}]}}");
  }

  @Test
  void aFieldOfSomebodyElseIsAConflictThatForceSettles() {
    FieldOwners owners = ownersOf(ONE, "a");
    String other =
        "{'spec':{'containers':[{'name':'app','image':'y'}],'traffic':[{'percent':50}]}}";
    ServerSideApply.Outcome refused = apply(ONE, owners, other, "b", false);
    assertThat(((ServerSideApply.Conflicting) refused).conflicts())
        .extracting(ServerSideApply.Conflict::manager, ServerSideApply.Conflict::field)
        .containsExactly(
            tuple("a", ".spec.containers[name=\"app\"].image"), tuple("a", ".spec.traffic"));
    ServerSideApply.Applied forced = applied(apply(ONE, owners, other, "b", true));
    assertThat(text(forced)).contains("'image':'y'", "'percent':50", "'name':'A'");
    assertThat(ownedBy(forced.owners(), "a")).doesNotContain("traffic", "image");
    assertThat(ownedBy(forced.owners(), "b")).contains("traffic", "image");
  }

  @Test
  void theSameValueIsSharedAndStaysWhenOneLeaves() {
    FieldOwners owners = ownersOf("{'metadata':{'labels':{'a':'1'}}}", "a");
    ServerSideApply.Applied shared =
        applied(
            apply(
                "{'metadata':{'labels':{'a':'1'}}}",
                owners,
                "{'metadata':{'labels':{'a':'1'}}}",
                "b",
                false));
    ServerSideApply.Applied left =
        applied(
            ServerSideApply.apply(
                shared.document(), shared.owners(), json("{}"), writer("a"), false));
    assertThat(text(left)).isEqualTo("{'metadata':{'labels':{'a':'1'}}}");
    ServerSideApply.Applied nobody =
        applied(
            ServerSideApply.apply(left.document(), left.owners(), json("{}"), writer("b"), false));
    assertThat(text(nobody)).doesNotContain("'a':'1'");
  }

  @Test
  void anUpdateTakesWhatItChanges() {
    FieldOwners owners = ownersOf(ONE, "a");
    ObjectNode after = json(ONE.replace("'image':'x'", "'image':'z'"));
    FieldOwners updated = owners.updated(json(ONE), after, writer("editor"));
    assertThat(ownedBy(updated, "editor")).contains("image").doesNotContain("traffic");
    assertThat(ownedBy(updated, "a")).contains("traffic").doesNotContain("image");
    assertThat(updated.updated(after, after, writer("other")).json()).isEqualTo(updated.json());
  }

  @Test
  void fieldsSurviveBeingWritten() {
    FieldOwners owners = ownersOf(ONE, "a");
    assertThat(FieldOwners.parse(owners.json()).json()).isEqualTo(owners.json());
    assertThat(owners.json())
        .contains("\"operation\":\"Apply\"", "k:{\\\"name\\\":\\\"app\\\"}", "\"f:traffic\":{}");
  }

  @Test
  void containersWithoutNamesAreOneValue() {
    String nameless = "{'spec':{'containers':[{'image':'x'}]}}";
    FieldOwners owners = ownersOf(nameless, "a");
    ServerSideApply.Outcome refused =
        apply(nameless, owners, "{'spec':{'containers':[{'image':'y'}]}}", "b", false);
    assertThat(((ServerSideApply.Conflicting) refused).conflicts())
        .extracting(ServerSideApply.Conflict::field)
        .containsExactly(".spec.containers");
  }

  @Test
  void updatersAreBounded() {
    FieldOwners owners = FieldOwners.parse("");
    ObjectNode before = json("{'metadata':{}}");
    for (int i = 0; i < 30; i++) {
      ObjectNode after = before.deepCopy();
      after.withObjectProperty("metadata").withObjectProperty("labels").put("l" + i, "x");
      owners = owners.updated(before, after, writer("w" + i));
      before = after;
    }
    assertThat(owners.entries()).hasSize(10);
    assertThat(ownedBy(owners, "ancient-changes")).contains("l0", "l10");
  }

  private static String ownedBy(FieldOwners owners, String manager) {
    return owners.entries().stream()
        .filter(entry -> entry.writer().manager().equals(manager))
        .map(entry -> entry.fields().json().toString())
        .findFirst()
        .orElse("");
  }
}

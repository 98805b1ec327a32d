package io.leat.proxy.fanout.role;

import static io.leat.proxy.fanout.role.RoleCases.batch;
import static io.leat.proxy.fanout.role.RoleCases.binaryEvent;
import static io.leat.proxy.fanout.role.RoleCases.event;
import static io.leat.proxy.fanout.role.RoleCases.json;
import static io.leat.proxy.fanout.role.RoleCases.nothing;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Note;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RouterMatrixTest {
  private static final CloudEvent EVENT = event("1").withData(new byte[] {1});

  /** What goes where, in one line. */
  private static String decide(boolean byDefault, Reply reply) {
    RoleOutcome outcome = RoleReplies.decide(RoleCases.router(byDefault), EVENT, reply);
    String note = outcome.note() == null ? "" : " " + outcome.note().token();
    return switch (outcome) {
      case Done _ -> "done" + note;
      case Forward forward ->
          String.join(" ", forward.hops().stream().map(Hop::uri).toList()) + note;
      case Violation violation -> violation.reason();
    };
  }

  @ParameterizedTest(name = "{0} default {1}")
  @CsvSource({
    "a,            set,   http://a/",
    "a,            unset, http://a/",
    "'a, b',       set,   http://a/ http://b/",
    "'b,a',        unset, http://b/ http://a/",
    "'a,b,a,,b ',  set,   http://a/ http://b/",
    "'',           set,   http://reply/",
    "'',           unset, done dropped_no_route",
    "' , ',        unset, done dropped_no_route",
    "unknown,      set,   http://reply/ unknown_route",
    "unknown,      unset, no_route",
    "'x,y',        unset, no_route",
    "'a,unknown',  set,   http://a/ unknown_route",
    "'unknown,b',  unset, http://b/ unknown_route",
    "A,            unset, no_route"
  })
  void namesByDefault(String names, String byDefault, String outcome) {
    boolean set = byDefault.equals("set");
    String array = "[\"" + names.replaceAll("\\s*,\\s*", "\",\"").strip() + "\"]";
    assertThat(decide(set, nothing(200, "knative-route", names))).isEqualTo(outcome);
    assertThat(decide(set, nothing(202, "knative-route", names))).isEqualTo(outcome);
    assertThat(decide(set, nothing(204, "knative-route", names))).isEqualTo(outcome);
    assertThat(decide(set, json("\"x\"", "knative-route", names)))
        .as("the header before the body")
        .isEqualTo(outcome);
    assertThat(decide(set, binaryEvent(200, "ce-knativeroute", names.replace(" ", "%20"))))
        .isEqualTo(outcome);
    if (!names.isBlank() && !names.contains(",,") && !names.contains(" ,")) {
      assertThat(decide(set, json(array))).isEqualTo(outcome);
    }
  }

  @Test
  void aStringInJsonIsOneName() {
    assertThat(decide(false, json("\"a\""))).isEqualTo("http://a/");
    assertThat(decide(false, json("\"a,b\""))).as("no list").isEqualTo("no_route");
    assertThat(decide(false, json("[]"))).isEqualTo("done dropped_no_route");
    assertThat(decide(false, nothing(200))).isEqualTo("done dropped_no_route");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "1", "[1]", "[[\"a\"]]", "[\"a\"", "null", "\"a\"x", "[\"a\",null]"})
  void namesThatAreNoStringsBreakTheRole(String body) {
    assertThat(decide(true, json(body))).isEqualTo("route_names");
    assertThat(decide(true, json(body, "knative-route", "a"))).isEqualTo("route_names");
  }

  @Test
  void severalHeadersAreOneList() {
    Reply reply =
        new Reply(200, java.util.Map.of("knative-route", List.of("a", "b,a")), new byte[0]);
    assertThat(decide(false, reply)).isEqualTo("http://a/ http://b/");
  }

  @Test
  void theOriginalGoesOnUnlessTheRouterAnsweredAnEvent() {
    Forward original =
        (Forward) RoleReplies.decide(RoleCases.router(true), EVENT, json("[\"a\",\"b\"]"));
    assertThat(original.hops()).allSatisfy(hop -> assertThat(hop.event()).isSameAs(EVENT));
    Forward answered =
        (Forward)
            RoleReplies.decide(
                RoleCases.router(true), EVENT, binaryEvent(200, "ce-knativeroute", "a,b"));
    assertThat(answered.hops())
        .containsExactly(
            new Hop("http://a/", event("answer")), new Hop("http://b/", event("answer")));
  }

  @Test
  void theHeaderGoesBeforeTheExtensionWhichIsStrippedAnyway() {
    Reply both = binaryEvent(200, "ce-knativeroute", "a", "knative-route", "b");
    Forward forward = (Forward) RoleReplies.decide(RoleCases.router(true), EVENT, both);
    assertThat(forward.hops()).containsExactly(new Hop("http://b/", event("answer")));
    Forward batched =
        (Forward)
            RoleReplies.decide(RoleCases.router(true), EVENT, batch("{" + RoleCases.CONTEXT + "}"));
    assertThat(batched.hops()).containsExactly(new Hop("http://reply/", event("answer")));
    assertThat(decide(true, batch(""))).isEqualTo("http://reply/");
  }

  @Test
  void anUnknownRouteIsWorthCounting() {
    RoleOutcome outcome =
        RoleReplies.decide(RoleCases.router(true), EVENT, nothing(200, "knative-route", "x"));
    assertThat(outcome.note()).isEqualTo(Note.UNKNOWN_ROUTE);
  }
}

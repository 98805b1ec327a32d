package io.leat.proxy.fanout.role;

import static io.leat.proxy.fanout.role.RoleCases.batch;
import static io.leat.proxy.fanout.role.RoleCases.binaryEvent;
import static io.leat.proxy.fanout.role.RoleCases.event;
import static io.leat.proxy.fanout.role.RoleCases.json;
import static io.leat.proxy.fanout.role.RoleCases.nothing;
import static io.leat.proxy.fanout.role.RoleCases.reply;
import static io.leat.proxy.fanout.role.RoleCases.subscriber;
import static io.leat.proxy.fanout.role.RoleCases.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Note;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.SubscriptionRole;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RoleRepliesTest {
  private static final CloudEvent EVENT = event("1");
  private static final ChannelSubscriber TRANSFORMER = subscriber(SubscriptionRole.TRANSFORMER);
  private static final ChannelSubscriber FILTER = subscriber(SubscriptionRole.FILTER);
  private static final ChannelSubscriber AGGREGATOR = subscriber(SubscriptionRole.AGGREGATOR);

  private static RoleOutcome decide(ChannelSubscriber to, Reply reply) {
    return RoleReplies.decide(to, EVENT, reply);
  }

  private static String breach(RoleOutcome outcome) {
    assertThat(outcome).isInstanceOf(Violation.class);
    Violation violation = (Violation) outcome;
    assertThat(violation.detail()).matches("[ -~]{1,400}");
    return violation.reason();
  }

  private static void assertPasses(ChannelSubscriber to, Reply reply) {
    RoleOutcome outcome = decide(to, reply);
    assertThat(outcome).isInstanceOf(Forward.class);
    Hop hop = ((Forward) outcome).hops().getFirst();
    assertThat(hop.uri()).isEqualTo("http://reply/");
    assertThat(hop.event()).as("the original, untouched").isSameAs(EVENT);
  }

  @Test
  void aTransformersEventReplacesTheOriginal() {
    for (Reply reply :
        List.of(binaryEvent(200), binaryEvent(201), batch("{" + RoleCases.CONTEXT + "}"))) {
      assertThat(decide(TRANSFORMER, reply))
          .isEqualTo(new Forward(List.of(new Hop("http://reply/", event("answer")))));
    }
  }

  @Test
  void aTransformersEventMayHaveNoData() {
    Reply noData = new Reply(200, binaryEvent(200).headers(), new byte[0]);
    assertThat(decide(TRANSFORMER, noData)).isInstanceOf(Forward.class);
  }

  @Test
  void acceptedNeverCarriesAnEvent() {
    for (SubscriptionRole role : SubscriptionRole.values()) {
      if (role != SubscriptionRole.ROUTER) {
        assertThat(decide(subscriber(role), binaryEvent(202))).as("%s", role).isEqualTo(new Done());
      }
    }
    Forward byDefault = (Forward) decide(RoleCases.router(true), binaryEvent(202));
    assertThat(byDefault.hops()).containsExactly(new Hop("http://reply/", EVENT));
  }

  @ParameterizedTest
  @EnumSource(names = {"TRANSFORMER", "FILTER", "SPLITTER", "AGGREGATOR"})
  void nothingAnsweredIsNothingForwarded(SubscriptionRole role) {
    assertThat(decide(subscriber(role), nothing(200))).isEqualTo(new Done());
    assertThat(decide(subscriber(role), nothing(204))).isEqualTo(new Done());
  }

  @ParameterizedTest
  @EnumSource(names = {"TRANSFORMER", "FILTER", "SPLITTER", "AGGREGATOR"})
  void withoutAReplyAnyAnswerIsTheEnd(SubscriptionRole role) {
    for (Reply reply : List.of(binaryEvent(200), text("<html>"), json("{"), batch("{}"))) {
      assertThat(decide(RoleCases.terminal(role), reply)).isEqualTo(new Done());
    }
  }

  @Test
  void whatIsNoEventIsDiscardedForTransformersAndAViolationForOthers() {
    assertThat(decide(TRANSFORMER, text("<html>"))).isEqualTo(new Done(Note.UNKNOWN_ENCODING));
    assertThat(breach(decide(FILTER, text("<html>")))).isEqualTo("no_verdict");
    assertThat(breach(decide(AGGREGATOR, text("<html>")))).isEqualTo("not_an_event");
    assertThat(breach(decide(subscriber(SubscriptionRole.SPLITTER), text("<html>"))))
        .isEqualTo("not_an_event");
    assertThat(breach(decide(RoleCases.router(true), text("<html>")))).isEqualTo("not_an_event");
  }

  @ParameterizedTest
  @EnumSource(SubscriptionRole.class)
  void anEventThatBreaksARuleIsAViolationForEveryRole(SubscriptionRole role) {
    ChannelSubscriber to =
        role == SubscriptionRole.ROUTER ? RoleCases.router(true) : subscriber(role);
    assertThat(breach(decide(to, batch("{\"specversion\":\"9\"}")))).isEqualTo("unreadable_reply");
    Reply avro = reply(200, "x", "content-type", "application/cloudevents+avro");
    assertThat(breach(decide(to, avro))).isEqualTo("unreadable_reply");
  }

  @ParameterizedTest
  @EnumSource(names = {"TRANSFORMER", "AGGREGATOR", "ROUTER"})
  void severalEventsAreAViolationWhereOneIsMeant(SubscriptionRole role) {
    ChannelSubscriber to =
        role == SubscriptionRole.ROUTER ? RoleCases.router(true) : subscriber(role);
    String one = "{" + RoleCases.CONTEXT + "}";
    assertThat(breach(decide(to, batch(one + "," + one)))).isEqualTo("several_events");
    assertThat(breach(decide(FILTER, batch(one + "," + one)))).isEqualTo("no_verdict");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", " true\n"})
  void aFilterPassesTheOriginalOnTrue(String body) {
    assertPasses(FILTER, json(body));
    assertPasses(FILTER, reply(200, body, "content-type", "application/x+json; charset=utf-8"));
  }

  @Test
  void aFilterPassesTheOriginalOnAnyEvent() {
    assertPasses(FILTER, binaryEvent(200));
    assertPasses(FILTER, batch("{" + RoleCases.CONTEXT + ",\"data\":false}"));
  }

  @Test
  void aFilterDropsOnFalseAndOnNothing() {
    for (Reply drop : List.of(json("false"), nothing(200), nothing(202), nothing(204))) {
      assertThat(decide(FILTER, drop)).isEqualTo(new Done());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUE", "1", "\"true\"", "{}", "truefalse", "[true]", " ", "null"})
  void aFilterThatSaysAnythingElseBreaksItsRole(String body) {
    assertThat(breach(decide(FILTER, json(body)))).isEqualTo("no_verdict");
  }

  @Test
  void aFilterPassesWith200Only() {
    Reply created = reply(201, "true", "content-type", "application/json");
    assertThat(breach(decide(FILTER, created))).isEqualTo("no_verdict");
    assertThat(breach(decide(FILTER, binaryEvent(203)))).isEqualTo("no_verdict");
    assertThat(breach(decide(FILTER, text("true")))).isEqualTo("no_verdict");
  }

  @Test
  void anAggregatorThatIsAskedForEachEventAnswersOneOrNothing() {
    assertThat(decide(AGGREGATOR, nothing(200))).as("absorbed").isEqualTo(new Done());
    assertThat(decide(AGGREGATOR, binaryEvent(200)))
        .isEqualTo(new Forward(List.of(new Hop("http://reply/", event("answer")))));
  }

  @Test
  void withoutACallTheEventGoesOnAsItIs() {
    for (SubscriptionRole role : List.of(SubscriptionRole.TRANSFORMER, SubscriptionRole.FILTER)) {
      ChannelSubscriber to = RoleCases.identity(role, null);
      assertThat(RoleReplies.isCalled(to)).isFalse();
      assertThat(RoleReplies.withoutCall(to, EVENT))
          .isEqualTo(new Forward(List.of(new Hop("http://reply/", EVENT))));
    }
  }
}

package io.leat.proxy.fanout.role;

import static io.leat.proxy.fanout.role.RoleCases.batch;
import static io.leat.proxy.fanout.role.RoleCases.event;
import static io.leat.proxy.fanout.role.RoleCases.json;
import static io.leat.proxy.fanout.role.RoleCases.subscriber;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.SubscriptionRole;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SplittingTest {
  private static final CloudEvent EVENT = event("p");

  private static RoleOutcome decide(Reply reply) {
    return RoleReplies.decide(subscriber(SubscriptionRole.SPLITTER), EVENT, reply);
  }

  private static String elements(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"specversion\":\"1.0\",\"type\":\"t\",\"data\":" + i + "}")
        .collect(Collectors.joining(","));
  }

  private static List<CloudEvent> parts(RoleOutcome outcome) {
    assertThat(outcome).isInstanceOf(Forward.class);
    assertThat(((Forward) outcome).hops()).extracting(Hop::uri).containsOnly("http://reply/");
    return ((Forward) outcome).hops().stream().map(Hop::event).toList();
  }

  private static String reason(RoleOutcome outcome) {
    assertThat(outcome).isInstanceOf(Violation.class);
    return ((Violation) outcome).reason();
  }

  private static String data(CloudEvent event) {
    return new String(Objects.requireNonNull(event.data()), StandardCharsets.UTF_8);
  }

  @Test
  void aThousandElementsInOrderWithIndexAndSize() {
    List<CloudEvent> parts = parts(decide(batch(elements(1000))));
    assertThat(parts).hasSize(1000);
    for (int i = 0; i < 1000; i++) {
      CloudEvent part = parts.get(i);
      assertThat(data(part)).isEqualTo(String.valueOf(i));
      assertThat(part.id()).isEqualTo("p." + i);
      assertThat(part.source()).isEqualTo("/s");
      assertThat(part.attribute("knativesplitindex")).isEqualTo(String.valueOf(i));
      assertThat(part.attribute("knativesplitsize")).isEqualTo("1000");
      assertThat(part.literals()).contains("knativesplitindex", "knativesplitsize");
      assertThat(part.attribute("causationid")).isEqualTo("p");
      assertThat(part.attribute("correlationid")).isEqualTo("p");
    }
    assertThat(parts)
        .extracting(part -> part.attribute("knativesplitid"))
        .containsOnly(Splitting.splitId(EVENT));
  }

  @Test
  void theSplitIdIsFrozen() {
    assertThat(Splitting.splitId(EVENT)).isEqualTo("6b9c5839ac0509b922aa8c55155e9f68");
    assertThat(Splitting.splitId(event("q"))).isNotEqualTo(Splitting.splitId(EVENT));
  }

  @Test
  void theSameAnswerGivesTheSameEvents() {
    assertThat(decide(batch(elements(5)))).isEqualTo(decide(batch(elements(5))));
  }

  @Test
  void theParentsCorrelationIsHandedOn() {
    RoleOutcome outcome =
        RoleReplies.decide(
            subscriber(SubscriptionRole.SPLITTER),
            EVENT.with("correlationid", "c"),
            batch(elements(1)));
    assertThat(parts(outcome).getFirst().attribute("correlationid")).isEqualTo("c");
  }

  @Test
  void oneEventIsASplitOfOne() {
    CloudEvent part = parts(decide(RoleCases.binaryEvent(200))).getFirst();
    assertThat(part.id()).isEqualTo("answer");
    assertThat(part.attribute("knativesplitsize")).isEqualTo("1");
  }

  @Test
  void anEmptyArrayIsTheEnd() {
    assertThat(decide(batch(""))).isEqualTo(new Done());
  }

  @Test
  void moreThanAThousandElementsBreakTheRole() {
    assertThat(reason(decide(batch(elements(1001))))).isEqualTo("too_many_events");
  }

  @Test
  void oneBadElementBreaksTheRoleAndNothingGoesOn() {
    assertThat(reason(decide(batch(elements(2) + ",{\"type\":\"t\"}"))))
        .isEqualTo("unreadable_reply");
    assertThat(reason(decide(json("[1,2]")))).isEqualTo("not_an_event");
  }

  @Test
  void twoElementsOfOneIdentityBreakTheRole() {
    String one = "{" + RoleCases.CONTEXT + "}";
    assertThat(reason(decide(batch(one + "," + one)))).isEqualTo("duplicate_event");
  }

  private static RoleOutcome locally(String path, String data) {
    CloudEvent event =
        EVENT
            .with("datacontenttype", "application/json")
            .with("subject", "x")
            .withData(data.getBytes(StandardCharsets.UTF_8));
    return RoleReplies.withoutCall(RoleCases.identity(SubscriptionRole.SPLITTER, path), event);
  }

  @Test
  void theChannelSplitsByAPath() {
    List<CloudEvent> parts =
        parts(locally("$.a.items", "{\"b\":[0],\"a\":{\"items\":[ {\"n\" : 1},\"s\", null ]}}"));
    assertThat(parts)
        .extracting(SplittingTest::data)
        .containsExactly("{\"n\" : 1}", "\"s\"", "null");
    assertThat(parts).extracting(CloudEvent::id).containsExactly("p.0", "p.1", "p.2");
    assertThat(parts).extracting(part -> part.attribute("subject")).containsOnly("x");
    assertThat(parts(locally("$", "[1]"))).hasSize(1);
    assertThat(locally("$.items", "{\"items\":[]}")).isEqualTo(new Done());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$.items|{}",
        "$.items|{\"items\":{}}",
        "$.items|[]",
        "$.a.b|{\"a\":[]}",
        "$|{}",
        "$.items|{\"items\":[1]",
        "items|{\"items\":[1]}",
        "$.items|1",
        "$.items|{\"items\":[1]}}"
      })
  void dataWithoutAnArrayWhereThePathPointsBreaksTheRole(String path, String data) {
    assertThat(reason(locally(path, data))).isEqualTo("split_path");
  }

  @Test
  void moreThanAThousandElementsOfTheDataBreakTheRole() {
    String numbers = IntStream.range(0, 1001).mapToObj(i -> "1").collect(Collectors.joining(","));
    assertThat(reason(locally("$", "[" + numbers + "]"))).isEqualTo("too_many_events");
  }

  @Test
  void dataThatIsNotJsonBreaksTheRole() {
    CloudEvent text = EVENT.with("datacontenttype", "text/plain").withData(new byte[] {'['});
    assertThat(
            reason(
                RoleReplies.splitLocally(RoleCases.identity(SubscriptionRole.SPLITTER, "$"), text)))
        .isEqualTo("split_path");
  }
}

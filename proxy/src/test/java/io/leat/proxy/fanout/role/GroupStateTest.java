package io.leat.proxy.fanout.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.role.GroupOffer.Absorbed;
import io.leat.proxy.fanout.role.GroupOffer.Complete;
import io.leat.proxy.fanout.role.GroupOffer.Discarded;
import io.leat.proxy.fanout.role.GroupOffer.Duplicate;
import io.leat.proxy.fanout.role.GroupOffer.Late;
import io.leat.proxy.fanout.role.GroupOffer.OverCap;
import io.leat.proxy.fanout.role.GroupOffer.Refused;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.table.AggregatePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GroupStateTest {
  private static final GroupCaps SMALL = new GroupCaps(4, 2, 3000, 3, Duration.ofMillis(1000));

  private static AggregatePolicy policy(
      int size, @Nullable Duration timeout, @Nullable String until, boolean partial) {
    return new AggregatePolicy(null, size, timeout, until, partial);
  }

  private static CloudEvent of(String key, String id) {
    return RoleCases.event(id).with("correlationid", key);
  }

  private static List<CloudEvent> split(int size) {
    StringBuilder elements = new StringBuilder();
    for (int i = 0; i < size; i++) {
      elements.append(i == 0 ? "" : ",").append("{\"specversion\":\"1.0\",\"type\":\"t\"}");
    }
    RoleOutcome outcome =
        RoleReplies.decide(
            RoleCases.subscriber(io.leat.proxy.table.SubscriptionRole.SPLITTER),
            RoleCases.event("parent"),
            RoleCases.batch(elements.toString()));
    return ((Forward) outcome).hops().stream().map(Hop::event).toList();
  }

  @Test
  void aGroupIsWholeBySize() {
    GroupState groups = new GroupState(policy(2, null, null, true), GroupCaps.DEFAULT);
    assertThat(groups.offer(1, of("k", "1"), 0)).isEqualTo(new Absorbed("k"));
    assertThat(groups.offer(2, of("other", "1"), 0)).isEqualTo(new Absorbed("other"));
    Complete complete = (Complete) groups.offer(3, of("k", "2"), 0);
    assertThat(complete.partial()).isFalse();
    assertThat(complete.members()).extracting(GroupOffer.Member::offset).containsExactly(1L, 3L);
    assertThat(groups.groups()).isEqualTo(1);
  }

  @Test
  void aGroupIsWholeByItsLastMember() {
    GroupState groups = new GroupState(policy(0, null, "end=yes", true), GroupCaps.DEFAULT);
    assertThat(groups.offer(1, of("k", "1").with("end", "no"), 0)).isEqualTo(new Absorbed("k"));
    assertThat(groups.offer(2, of("k", "2").with("end", "yes"), 0)).isInstanceOf(Complete.class);
    assertThat(groups.bytes()).isZero();
  }

  @Test
  void aHundredPartsInAnyOrderWithDuplicatesAreOneGroupInOrder() {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("GroupStateTest: -Dleat.seed=" + seed);
    List<CloudEvent> parts = split(100);
    List<CloudEvent> offered = new ArrayList<>(parts);
    offered.addAll(parts.subList(0, 50));
    Collections.shuffle(offered, new Random(seed));
    GroupState groups =
        new GroupState(policy(AggregatePolicy.AS_SPLIT, null, null, true), GroupCaps.DEFAULT);
    List<Complete> complete = new ArrayList<>();
    int duplicates = 0;
    for (int i = 0; i < offered.size(); i++) {
      GroupOffer offer = groups.offer(i, offered.get(i), i);
      if (offer instanceof Complete whole) {
        complete.add(whole);
      }
      duplicates += offer instanceof Duplicate ? 1 : 0;
    }
    assertThat(duplicates).as("also after the group was closed").isEqualTo(50);
    assertThat(complete).hasSize(1);
    assertThat(complete.getFirst().events()).isEqualTo(parts);
  }

  @Test
  void afterARestartTheSameMembersGiveTheSameGroup() {
    List<CloudEvent> parts = split(10);
    AggregatePolicy policy = policy(AggregatePolicy.AS_SPLIT, null, null, true);
    GroupState before = new GroupState(policy, GroupCaps.DEFAULT);
    GroupState after = new GroupState(policy, GroupCaps.DEFAULT);
    for (int i = 0; i < 9; i++) {
      before.offer(i, parts.get(i), i);
      after.offer(i, parts.get(i), i);
    }
    assertThat(after.offer(9, parts.get(9), 9)).isEqualTo(before.offer(9, parts.get(9), 9));
  }

  @Test
  void aGroupThatTimesOutIsHandedOverInPartOrDiscarded() {
    Duration second = Duration.ofSeconds(1);
    for (boolean partial : new boolean[] {true, false}) {
      GroupState groups = new GroupState(policy(3, second, null, partial), GroupCaps.DEFAULT);
      assertThat(groups.nextDeadline()).isEqualTo(Long.MAX_VALUE);
      groups.offer(1, of("k", "1"), 5000);
      groups.offer(2, of("k", "2"), 5500);
      groups.offer(3, of("l", "3"), 5600);
      assertThat(groups.nextDeadline()).isEqualTo(6000);
      assertThat(groups.expire(5999)).isEmpty();
      List<GroupOffer> over = groups.expire(6000);
      ClosedGroup tombstone = new ClosedGroup("k", false, 6000);
      List<GroupOffer.Member> members =
          List.of(new GroupOffer.Member(1, of("k", "1")), new GroupOffer.Member(2, of("k", "2")));
      assertThat(over)
          .containsExactly(
              partial
                  ? new Complete("k", members, true, tombstone)
                  : new Discarded("k", members, tombstone));
      assertThat(groups.nextDeadline()).isEqualTo(6600);
      GroupOffer late = groups.offer(4, of("k", "4"), 6100);
      assertThat(late).isEqualTo(new Late("k"));
      assertThat(((Late) late).violation().reason()).isEqualTo("late");
    }
  }

  @Test
  void membersAreTakenOnceBySourceAndId() {
    GroupState groups = new GroupState(policy(3, null, null, true), GroupCaps.DEFAULT);
    groups.offer(1, of("k", "1"), 0);
    assertThat(groups.offer(2, of("k", "1"), 0)).isEqualTo(new Duplicate("k"));
    assertThat(groups.offer(3, of("k", "1").with("source", "/other"), 0))
        .isEqualTo(new Absorbed("k"));
  }

  @Test
  void theKeyIsTheNamedAttributeOrTheSplitOrTheCorrelation() {
    CloudEvent both = of("c", "1").with("knativesplitid", "s").with("mine", "m");
    AggregatePolicy named = new AggregatePolicy("mine", 2, null, null, true);
    assertThat(new GroupState(named, GroupCaps.DEFAULT).offer(1, both, 0))
        .isEqualTo(new Absorbed("m"));
    GroupState groups = new GroupState(policy(2, null, null, true), GroupCaps.DEFAULT);
    assertThat(groups.offer(1, both, 0)).isEqualTo(new Absorbed("s"));
    assertThat(groups.offer(2, both.without("knativesplitid"), 0)).isEqualTo(new Absorbed("c"));
    Absorbed hashed = (Absorbed) groups.offer(3, of("x".repeat(10_000), "1"), 0);
    assertThat(hashed.key()).matches("sha256:[0-9a-f]{32}");
  }

  private static String refusal(GroupOffer offer) {
    assertThat(offer).isInstanceOf(Refused.class);
    return ((Refused) offer).violation().reason();
  }

  @Test
  void membersThatFitNoGroupAreRefused() {
    GroupState groups = new GroupState(policy(2, null, null, true), GroupCaps.DEFAULT);
    assertThat(refusal(groups.offer(1, RoleCases.event("1"), 0))).isEqualTo("no_group");
    assertThat(refusal(groups.offer(1, of("", "1"), 0))).isEqualTo("no_group");
    groups.offer(1, of("k", "1"), 0);
    assertThat(refusal(groups.offer(2, of("k", "2").with("specversion", "0.3"), 0)))
        .isEqualTo("group_version");
    GroupState split = new GroupState(policy(AggregatePolicy.AS_SPLIT, null, null, true), SMALL);
    assertThat(refusal(split.offer(1, of("k", "1"), 0))).isEqualTo("group_size");
    CloudEvent part = of("k", "1").with("knativesplitindex", 0);
    assertThat(refusal(split.offer(1, part.with("knativesplitsize", 5), 0)))
        .isEqualTo("group_size");
    split.offer(1, part.with("knativesplitsize", 2), 0);
    CloudEvent other = of("k", "2").with("knativesplitindex", 2);
    assertThat(refusal(split.offer(2, other.with("knativesplitsize", 3), 0)))
        .isEqualTo("group_size");
    assertThat(refusal(split.offer(2, other.with("knativesplitsize", 2), 0)))
        .isEqualTo("group_size");
  }

  @Test
  void capsAreKeptAndNothingChangesAboveThem() {
    GroupState groups = new GroupState(policy(0, Duration.ofSeconds(9), null, true), SMALL);
    for (int i = 0; i < 4; i++) {
      assertThat(groups.offer(i, of("k", "" + i), 0)).isEqualTo(new Absorbed("k"));
    }
    assertThat(groups.offer(5, of("k", "5"), 0)).isEqualTo(new OverCap("members"));
    CloudEvent large = of("l", "6").withData(new byte[3000]);
    assertThat(groups.offer(6, large, 0)).isEqualTo(new OverCap("bytes"));
    assertThat(groups.groups()).isEqualTo(1);
    assertThat(groups.offer(7, of("l", "7"), 0)).isEqualTo(new Absorbed("l"));
    assertThat(groups.offer(8, of("m", "8"), 0)).isEqualTo(new OverCap("groups"));
    assertThatThrownBy(() -> new GroupState(policy(5, null, null, true), SMALL))
        .hasMessage("size: 5 (expected: at most 4)");
    assertThatThrownBy(() -> new GroupState(policy(0, null, "=x", true), SMALL))
        .hasMessage("until: =x (expected: attribute=value)");
  }

  @Test
  void closedKeysAreForgottenByAgeAndByNumber() {
    GroupState groups = new GroupState(policy(1, null, null, true), SMALL);
    for (int i = 0; i < 10; i++) {
      assertThat(groups.offer(i, of("k" + i, "1"), 0)).isInstanceOf(Complete.class);
      assertThat(groups.closedGroups()).isLessThanOrEqualTo(3);
    }
    assertThat(groups.offer(11, of("k9", "2"), 1000)).isEqualTo(new Late("k9"));
    assertThat(groups.offer(12, of("k9", "2"), 1001)).isInstanceOf(Complete.class);
  }

  @Test
  void tombstonesOutliveARestart() {
    GroupState before = new GroupState(policy(1, null, null, true), GroupCaps.DEFAULT);
    ClosedGroup tombstone = ((Complete) before.offer(1, of("kä", "1"), 42)).tombstone();
    GroupState after = new GroupState(policy(1, null, null, true), GroupCaps.DEFAULT);
    after.remember(ClosedGroup.read(tombstone.toBytes()));
    assertThat(after.offer(2, of("kä", "2"), 43)).isEqualTo(new Late("kä"));
    for (byte[] bad :
        List.of(new byte[0], new byte[10], new byte[] {1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1})) {
      assertThatThrownBy(() -> ClosedGroup.read(bad)).isInstanceOf(CorruptEventException.class);
    }
  }

  /** Whatever is offered in whatever order, caps hold and no member is lost or given twice. */
  @Test
  void randomOffersKeepEveryCapAndEveryMember() {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("GroupStateTest: -Dleat.seed=" + seed);
    Random random = new Random(seed);
    GroupCaps caps = new GroupCaps(5, 7, 5000, 9, Duration.ofMillis(300));
    GroupState groups = new GroupState(policy(4, Duration.ofMillis(50), "end=1", true), caps);
    Map<Long, Integer> taken = new HashMap<>();
    long now = 0;
    int accepted = 0;
    for (long i = 0; i < 50_000; i++) {
      now += random.nextInt(5);
      CloudEvent event = of("k" + random.nextInt(40), "" + random.nextInt(50));
      GroupOffer offer =
          groups.offer(i, random.nextInt(9) == 0 ? event.with("end", "1") : event, now);
      accepted += offer instanceof Absorbed || offer instanceof Complete ? 1 : 0;
      count(taken, offer);
      if (random.nextInt(3) == 0) {
        groups.expire(now).forEach(each -> count(taken, each));
      }
      assertThat(groups.groups()).isLessThanOrEqualTo(7);
      assertThat(groups.bytes()).isBetween(0L, 5000L);
      assertThat(groups.closedGroups()).isLessThanOrEqualTo(9);
    }
    groups.expire(Long.MAX_VALUE).forEach(each -> count(taken, each));
    assertThat(groups.bytes()).isZero();
    assertThat(taken).hasSize(accepted);
    assertThat(taken.values()).containsOnly(1);
    assertThat(accepted).isGreaterThan(1000);
  }

  private static void count(Map<Long, Integer> taken, GroupOffer offer) {
    if (offer instanceof Complete complete) {
      complete.members().forEach(member -> taken.merge(member.offset(), 1, Integer::sum));
    }
  }
}

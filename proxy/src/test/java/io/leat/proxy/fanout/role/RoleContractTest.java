package io.leat.proxy.fanout.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.SubscriptionRole;
import org.junit.jupiter.api.Test;

final class RoleContractTest {
  private static final CloudEvent EVENT = RoleCases.event("1");

  @Test
  void eachRolesBadAnswerIsNamedAndItsGoodOneIsNot() {
    for (SubscriptionRole role : SubscriptionRole.values()) {
      var to =
          role == SubscriptionRole.ROUTER ? RoleCases.router(true) : RoleCases.subscriber(role);
      assertThat(RoleContract.check(to, EVENT, RoleCases.binaryEvent(200)))
          .as("%s", role)
          .isEmpty();
      assertThat(RoleContract.check(to, EVENT, RoleCases.text("<p>"))).as("%s", role).hasSize(1);
    }
  }

  @Test
  void whatIsOnlyWorthANoteIsToldToo() {
    assertThat(
            RoleContract.check(
                RoleCases.router(true), EVENT, RoleCases.nothing(200, "knative-route", "x")))
        .containsExactly("unknown_route: a name that is no route");
    assertThat(RoleContract.check(RoleCases.router(false), EVENT, RoleCases.nothing(200)))
        .containsExactly("dropped_no_route: no name and no default, so that the event is dropped");
    assertThat(
            RoleContract.check(
                RoleCases.subscriber(SubscriptionRole.TRANSFORMER),
                EVENT,
                RoleCases.reply(202, "x")))
        .containsExactly("accepted_with_body: a body with 202, which is not read");
  }
}

package io.leat.proxy.fanout.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.SubscriptionRole;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The seven cases of {@code dispatch(message, call, result)} of Knative's first dispatcher, by
 * their names, as a transformer decides them. What a status other than 2xx and a result that fails
 * lead to is a matter of delivery: here it is shown that nothing is forwarded for it.
 */
final class DispatchOf2018Test {
  private static final CloudEvent MESSAGE = RoleCases.event("destination");

  private static List<RoleOutcome.Hop> hops(RoleOutcome outcome) {
    return outcome instanceof RoleOutcome.Forward forward ? forward.hops() : List.of();
  }

  @Test
  @DisplayName("destination - only")
  void destinationOnly() {
    assertThat(RoleReplies.isCalled(RoleCases.terminal(SubscriptionRole.TRANSFORMER))).isTrue();
    RoleOutcome outcome =
        RoleReplies.decide(
            RoleCases.terminal(SubscriptionRole.TRANSFORMER), MESSAGE, RoleCases.binaryEvent(200));
    assertThat(outcome).isEqualTo(new RoleOutcome.Done());
  }

  @Test
  @DisplayName("destination - only -- error")
  void destinationOnlyError() {
    Reply error = RoleCases.reply(404, "destination-response");
    assertThat(RoleContract.check(RoleCases.terminal(SubscriptionRole.TRANSFORMER), MESSAGE, error))
        .containsExactly("no_success: status 404 (expected: 200 to 299)");
  }

  @Test
  @DisplayName("reply - only")
  void replyOnly() {
    var to = RoleCases.identity(SubscriptionRole.TRANSFORMER, null);
    assertThat(RoleReplies.isCalled(to)).isFalse();
    assertThat(hops(RoleReplies.withoutCall(to, MESSAGE)))
        .containsExactly(new RoleOutcome.Hop("http://reply/", MESSAGE));
  }

  @Test
  @DisplayName("reply - only -- error")
  void replyOnlyError() {
    // The hop is made again by delivery as often as its policy says: it is the same hop each time.
    var to = RoleCases.identity(SubscriptionRole.TRANSFORMER, null);
    assertThat(RoleReplies.withoutCall(to, MESSAGE))
        .isEqualTo(RoleReplies.withoutCall(to, MESSAGE));
  }

  @Test
  @DisplayName("destination and reply - dest returns bad status code")
  void badStatus() {
    Reply error = RoleCases.reply(500, "destination-response");
    assertThat(
            RoleContract.check(RoleCases.subscriber(SubscriptionRole.TRANSFORMER), MESSAGE, error))
        .containsExactly("no_success: status 500 (expected: 200 to 299)");
  }

  @Test
  @DisplayName("destination and reply - dest returns empty body")
  void emptyBody() {
    Reply empty = RoleCases.nothing(202, "do-not-passthrough", "no", "ce-abc", "new-ce-abc-value");
    assertThat(
            RoleReplies.decide(RoleCases.subscriber(SubscriptionRole.TRANSFORMER), MESSAGE, empty))
        .isEqualTo(new RoleOutcome.Done());
  }

  @Test
  @DisplayName("destination and reply")
  void destinationAndReply() {
    Reply answer = RoleCases.binaryEvent(200, "ce-abc", "new-ce-abc-value", "content-type", "a/b");
    Reply full = new Reply(200, answer.headers(), new byte[] {'r'});
    List<RoleOutcome.Hop> hops =
        hops(RoleReplies.decide(RoleCases.subscriber(SubscriptionRole.TRANSFORMER), MESSAGE, full));
    assertThat(hops).hasSize(1);
    CloudEvent forwarded = hops.getFirst().event();
    assertThat(forwarded.attributes())
        .containsAllEntriesOf(Map.of("id", "answer", "abc", "new-ce-abc-value"))
        .doesNotContainKey("do-not-passthrough");
    assertThat(forwarded.data()).isEqualTo(new byte[] {'r'});
  }
}

package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.api.kube.ApiServer;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LeadershipTest {
  private final ApiServer server = ApiServer.bare(InstantSource.system());
  private final ApiClient api = ApiFixture.client(server.url());
  private final AtomicLong nanos = new AtomicLong();
  private final Leadership first = candidate("first");
  private final Leadership second = candidate("second");

  @AfterEach
  void close() {
    api.close();
    server.close();
  }

  private Leadership candidate(String identity) {
    return candidate(identity, InstantSource.system(), () -> {});
  }

  private Leadership candidate(String identity, InstantSource clock, Runnable turned) {
    return new Leadership(
        api, new Leadership.Candidate("team", "leat", identity), nanos::get, clock, turned);
  }

  private void pass(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void oneLeadsUntilItFallsSilentAndAnotherOnlyAfterThat() {
    first.tryOnce();
    second.tryOnce();
    assertThat(first.leading()).isTrue();
    assertThat(second.leading()).isFalse();
    for (int i = 0; i < 10; i++) {
      pass(2);
      first.tryOnce();
      second.tryOnce();
      assertThat(first.leading()).isTrue();
      assertThat(second.leading()).isFalse();
    }
    pass(9);
    assertThat(first.leading()).isTrue();
    second.tryOnce();
    assertThat(second.leading()).isFalse();
    pass(2);
    assertThat(first.leading()).as("its time is over, though it may not know").isFalse();
    second.tryOnce();
    assertThat(second.leading()).isFalse();
    pass(5);
    second.tryOnce();
    assertThat(second.leading()).isTrue();
    assertThat(first.holds()).as("it has not heard of the other one").isTrue();
    first.tryOnce();
    assertThat(first.leading()).isFalse();
    assertThat(first.holds()).isFalse();
    assertThat(second.holds()).isTrue();
    assertThat(lease()).contains("\"holderIdentity\":\"second\"", "\"leaseTransitions\":1");
  }

  @Test
  void whoEndsLetsAnotherLeadAtOnce() {
    first.tryOnce();
    second.tryOnce();
    first.close();
    assertThat(first.leading()).isFalse();
    second.tryOnce();
    assertThat(second.leading()).isTrue();
  }

  @Test
  void aLeadThatEndsWhileItIsRenewedBeginsAnew() {
    AtomicInteger turns = new AtomicInteger();
    AtomicBoolean slow = new AtomicBoolean();
    // The clock is read between the two calls of a renewal.
    InstantSource clock =
        () -> {
          if (slow.get()) {
            pass(2);
          }
          return Instant.now();
        };
    Leadership slowly = candidate("slowly", clock, turns::incrementAndGet);
    slowly.tryOnce();
    assertThat(turns).hasValue(1);
    pass(2);
    slowly.tryOnce();
    assertThat(turns).as("it led all the time").hasValue(1);
    pass(9);
    assertThat(slowly.leading()).isTrue();
    slow.set(true);
    slowly.tryOnce();
    assertThat(slowly.leading()).isTrue();
    assertThat(turns).as("what was left undone meanwhile must be looked at again").hasValue(2);
  }

  @Test
  void aSilentServerEndsTheLeadInTime() {
    first.tryOnce();
    server.close();
    pass(4);
    first.tryOnce();
    assertThat(first.leading()).isTrue();
    pass(7);
    first.tryOnce();
    assertThat(first.leading()).isFalse();
    assertThat(first.holds()).as("nobody else is known to lead").isTrue();
  }

  @Test
  void aClientThatThrowsIsASilentServer() {
    first.tryOnce();
    api.close();
    pass(4);
    first.tryOnce();
    assertThat(first.leading()).isTrue();
    pass(7);
    first.tryOnce();
    assertThat(first.leading()).isFalse();
    assertThat(first.holds()).isTrue();
  }

  private String lease() {
    return server
        .store()
        .read(view -> view.get(new ResourceKey(Kind.LEASE, "team", "leat")))
        .orElseThrow()
        .spec()
        .toString();
  }
}

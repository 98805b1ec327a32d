package io.leat.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  private long now = Long.MAX_VALUE - 5 * SECOND;
  private final RetryBudget budget = new RetryBudget(now);

  private int retries(int wanted) {
    int granted = 0;
    for (int i = 0; i < wanted; i++) {
      granted += budget.tryRetry(now) ? 1 : 0;
    }
    return granted;
  }

  private void requests(int count) {
    for (int i = 0; i < count; i++) {
      budget.request(now);
    }
  }

  @Test
  void tenPerSecondAreFree() {
    assertThat(retries(1000)).isEqualTo(100);
    now += 9 * SECOND;
    assertThat(retries(1000)).isZero();
    now += SECOND;
    assertThat(retries(1000)).isEqualTo(100);
  }

  @Test
  void everyFifthRequestEarnsOne() {
    requests(10_000);
    assertThat(retries(10_000)).isEqualTo(2_100);
    requests(5);
    assertThat(retries(10)).isEqualTo(1);
  }

  @Test
  void whatIsTenSecondsAgoCountsNoMore() {
    requests(1000);
    now += 3 * SECOND;
    assertThat(retries(1000)).isEqualTo(300);
    now += 7 * SECOND;
    // The requests are forgotten, the retries are not.
    assertThat(retries(1000)).isZero();
    now += 3 * SECOND;
    assertThat(retries(1000)).isEqualTo(100);
    now += 1_000 * SECOND;
    assertThat(retries(1000)).isEqualTo(100);
  }
}

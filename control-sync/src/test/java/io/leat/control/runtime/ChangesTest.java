package io.leat.control.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ChangesTest {

  private static final RevisionId A = new RevisionId("default", "a");
  private static final RevisionId B = new RevisionId("default", "b");

  private final List<RevisionId> told = Collections.synchronizedList(new ArrayList<>());

  @Test
  void whatPilesUpWhileAListenerWorksIsToldOnce() throws InterruptedException {
    Changes changes = new Changes(start -> {});
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    changes.listen(id -> {
      told.add(id);
      entered.countDown();
      awaitQuietly(leave);
    });
    changes.changed(A);
    assertThat(entered.await(60, SECONDS)).isTrue();
    for (int i = 0; i < 100; i++) {
      changes.changed(A);
      changes.changed(B);
    }
    leave.countDown();
    await().atMost(60, SECONDS).until(() -> told.size() >= 3);
    assertThat(told).containsExactly(A, A, B);
  }

  @Test
  void aBrokenListenerDoesNotSilenceTheOthers() {
    Changes changes = new Changes(start -> {});
    changes.listen(id -> {
      throw new IllegalStateException("on purpose");
    });
    changes.listen(told::add);
    changes.changed(A);
    await().atMost(60, SECONDS).until(() -> told.equals(List.of(A)));
    changes.changed(B);
    await().atMost(60, SECONDS).until(() -> told.equals(List.of(A, B)));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

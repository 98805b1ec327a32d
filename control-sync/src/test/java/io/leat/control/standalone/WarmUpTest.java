package io.leat.control.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.activator.hold.ExecutorTimers;
import io.leat.proxy.server.Transport;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class WarmUpTest {
  @Test
  @Timeout(300)
  void rehearsesFiveRoundsAtLeastAndEnds() throws Exception {
    try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor()) {
      WarmUp warmUp = new WarmUp(new ExecutorTimers(executor), Transport.best());
      warmUp.start();
      warmUp.enough();
      assertThat(warmUp.rounds()).isBetween(5, 40);
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("leat-warm-up"));
    }
  }
}

package io.leat.control.runtime;

import static io.leat.control.runtime.RuntimeFixture.AT_ONCE;
import static io.leat.control.runtime.RuntimeFixture.ID;

import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A second Leat for tests to kill: three instances, each with a child and with a daemon. */
final class RuntimeHost {

  private RuntimeHost() {}

  /** Arguments: state directory, tag. Prints one line once all instances are ready. */
  public static void main(String[] args) throws IOException, InterruptedException {
    LocalProcesses processes =
        new LocalProcesses(
            Path.of(args[0]), RuntimeFixture.FAST, Clock.systemUTC(), Ticker.system(), start -> {});
    CountDownLatch ready = new CountDownLatch(1);
    processes.onChange(id -> {
      if (processes.observe(id).instances().stream()
              .filter(one -> one.state() == RuntimeObservation.Instance.State.READY)
              .count()
          == 3) {
        ready.countDown();
      }
    });
    processes.ensure(
        ID,
        new InstanceTemplate(
            List.of("sh", "-c", "sleep 600 & setsid sleep 600 & exec sleep 600"),
            Map.of("LEAT_TEST_TAG", args[1]),
            args[0],
            "",
            "",
            AT_ONCE,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)),
        3);
    ready.await();
    System.out.println("ready");
    // Ends with the pipe, should the test JVM die first.
    int end = System.in.read();
    processes.close();
    System.exit(end + 1);
  }
}

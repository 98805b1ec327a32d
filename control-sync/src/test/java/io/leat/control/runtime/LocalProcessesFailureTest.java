package io.leat.control.runtime;

import static io.leat.control.runtime.RuntimeFixture.AT_ONCE;
import static io.leat.control.runtime.RuntimeFixture.ID;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.control.runtime.InstanceTemplate.Probe;
import io.leat.control.runtime.RuntimeObservation.Failure;
import io.leat.control.runtime.RuntimeObservation.Instance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessesFailureTest {

  private static final Probe TCP = new Probe.Tcp();

  @TempDir Path dir;

  private static Failure awaitFailure(RuntimeFixture leat, Predicate<Failure> wanted) {
    return Objects.requireNonNull(
        await()
            .atMost(60, SECONDS)
            .pollInterval(Duration.ofMillis(5))
            .until(
                () -> leat.observed().failure(),
                failure -> failure != null && wanted.test(failure)));
  }

  @Test
  void anExitCodeComesWithTheLastLines() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      String script = "for i in $(seq 1 30); do echo line $i; done; echo broken >&2; exit 1";
      leat.processes.ensure(ID, leat.shell(script, TCP), 1);
      Failure failure = awaitFailure(leat, any -> true);
      assertThat(failure.exitCode()).isEqualTo(1);
      assertThat(failure.reason()).isEqualTo("ExitCode1");
      assertThat(failure.message())
          .isEqualTo("shop-00001-1 exited with code 1 before it was ready");
      assertThat(failure.attempts()).isEqualTo(1);
      assertThat(failure.lastLines())
          .containsExactlyElementsOf(
              Stream.concat(
                      IntStream.rangeClosed(12, 30).mapToObj(i -> "line " + i), Stream.of("broken"))
                  .toList());
      assertThat(leat.observed().everReady()).isFalse();
    }
  }

  @Test
  void aCommandThatDoesNotExistSaysSo() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      leat.processes.ensure(
          ID,
          leat.template(
              List.of("no-such-program"), TCP, Duration.ofSeconds(1), Duration.ofSeconds(9)),
          1);
      Failure failure = awaitFailure(leat, any -> true);
      assertThat(failure.reason()).isEqualTo("ExitCode127");
      assertThat(failure.message()).endsWith("(command not found)");
      assertThat(failure.lastLines()).anyMatch(line -> line.contains("no-such-program"));
    }
  }

  @Test
  void aMissingWorkingDirectoryIsAFailureToStart() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      leat.processes.ensure(
          ID,
          new InstanceTemplate(
              List.of("true"),
              Map.of(),
              dir.resolve("missing").toString(),
              "",
              "",
              TCP,
              Duration.ofSeconds(1),
              Duration.ofSeconds(9)),
          1);
      Failure failure = awaitFailure(leat, any -> true);
      assertThat(failure.exitCode()).isNull();
      assertThat(failure.reason()).isEqualTo("StartFailed");
      assertThat(failure.message()).contains("missing");
      awaitFailure(leat, later -> later.attempts() == 2);
    }
  }

  @Test
  void anAppThatNeverListensMissesItsDeadlineAndIsStopped() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      leat.processes.ensure(
          ID,
          leat.template(
              List.of("sh", "-c", "echo thinking; exec sleep 600"),
              TCP,
              Duration.ofSeconds(1),
              Duration.ofMillis(500)),
          1);
      int port =
          await()
              .atMost(60, SECONDS)
              .until(() -> leat.observed().instances(), some -> !some.isEmpty())
              .getFirst()
              .port();
      Failure failure = awaitFailure(leat, any -> true);
      assertThat(failure.exitCode()).isNull();
      assertThat(failure.reason()).isEqualTo("ProgressDeadlineExceeded");
      assertThat(failure.message())
          .isEqualTo("shop-00001-1 never listened on port " + port + " within 500 ms");
      assertThat(failure.lastLines()).containsExactly("thinking");
      Failure second = awaitFailure(leat, later -> later.attempts() == 2);
      assertThat(second.message()).startsWith("shop-00001-2 never listened on port ");
    }
  }

  @Test
  void aMissedDeadlineNamesWhatTheProbeSawLast() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      InstanceTemplate failing =
          leat.template(
              List.of("sleep", "600"),
              new Probe.Exec(List.of("sh", "-c", "exit 9")),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1));
      leat.processes.ensure(ID, failing, 1);
      assertThat(awaitFailure(leat, any -> true).message())
          .endsWith("never passed its exec probe [sh, -c, exit 9]: exit code 9 within 1 s");
      leat.processes.remove(ID);
      await().atMost(60, SECONDS).until(() -> leat.observed().equals(RuntimeObservation.NONE));

      InstanceTemplate sick =
          leat.template(
              leat.echo(TCP, "1000000").command(),
              new Probe.Http("/health", Map.of()),
              Duration.ofSeconds(1),
              Duration.ofSeconds(3));
      leat.processes.ensure(ID, sick, 1);
      assertThat(awaitFailure(leat, any -> true).message())
          .endsWith("never answered GET /health with 200 to 399: status 503 within 3 s");
    }
  }

  @Test
  void restartsBackOffAndEndWithSuccess() throws IOException {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      String script =
          "date +%s%N >> starts; test $(wc -l < starts) -gt 4 && exec sleep 600; exit 3";
      Probe fifth = new Probe.Exec(List.of("sh", "-c", "test $(wc -l < starts) -gt 4"));
      leat.processes.ensure(ID, leat.shell(script, fifth), 1);
      Failure fourth = awaitFailure(leat, failure -> failure.attempts() == 4);
      assertThat(fourth.reason()).isEqualTo("ExitCode3");
      leat.awaitReady(1);
      assertThat(leat.observed().failure()).isNull();

      List<Long> starts =
          Files.readAllLines(dir.resolve("starts")).stream().map(Long::parseLong).toList();
      assertThat(starts).hasSize(5);
      for (int i = 1; i < starts.size(); i++) {
        long pause = (starts.get(i) - starts.get(i - 1)) / 1_000_000;
        assertThat(pause).as("pause %d", i).isGreaterThanOrEqualTo(100L << (i - 1));
      }
    }
  }

  @Test
  void scalingToZeroAndBackDoesNotSkipTheBackoff() {
    LocalProcessSettings slow =
        new LocalProcessSettings(
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            65_536,
            2);
    try (RuntimeFixture leat = new RuntimeFixture(dir, slow)) {
      InstanceTemplate template = leat.shell("echo x >> starts; exit 1", TCP);
      leat.processes.ensure(ID, template, 1);
      awaitFailure(leat, any -> true);
      for (int i = 0; i < 5; i++) {
        leat.processes.ensure(ID, template, 0);
        leat.processes.ensure(ID, template, 1);
      }
      assertThat(leat.observed().failure()).isNotNull();
      leat.processes.ensure(ID, template, 2);
      // The second slot is new and starts at once: by then the first one would have, too.
      awaitFailure(leat, failure -> failure.message().startsWith("shop-00001-2 "));
      assertThat(dir.resolve("starts")).hasContent("x\nx");
    }
  }

  @Test
  void aCrashOfAReadyInstanceIsSeenAtOnceAndRepaired() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      InstanceTemplate template = leat.shell("echo $$$$ > pid-$PORT; exec sleep 600", AT_ONCE);
      leat.processes.ensure(ID, template, 2);
      List<Instance> both = leat.awaitReady(2);
      Path pidFile = dir.resolve("pid-" + both.getFirst().port());
      await().atMost(60, SECONDS).until(() -> Files.exists(pidFile) && Files.size(pidFile) > 1);
      long pid = Long.parseLong(readLine(pidFile));
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      await()
          .atMost(60, SECONDS)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> leat.observed().instances().equals(both.subList(1, 2)));
      Failure failure = awaitFailure(leat, any -> true);
      assertThat(failure.reason()).isEqualTo("ExitCode137");
      assertThat(failure.message()).contains("after it was ready (killed by SIGKILL)");
      List<Instance> repaired = leat.awaitReady(2);
      assertThat(repaired).first().isEqualTo(both.get(1));
      assertThat(repaired.get(1).port()).isNotEqualTo(both.getFirst().port());
      assertThat(leat.observed().failure()).isNull();
    }
  }

  private static String readLine(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anInstanceThatWasReadyForAWhileStartsItsBackoffAnew() {
    LocalProcessSettings quick =
        new LocalProcessSettings(
            Duration.ofMillis(20),
            Duration.ofSeconds(60),
            Duration.ofMillis(1),
            Duration.ofSeconds(2),
            65_536,
            2);
    try (RuntimeFixture leat = new RuntimeFixture(dir, quick)) {
      String script = "echo x >> starts; sleep 0.3; exit 7";
      leat.processes.ensure(ID, leat.shell(script, AT_ONCE), 1);
      awaitFailure(leat, failure -> failure.message().startsWith("shop-00001-4 "));
      Failure later = awaitFailure(leat, failure -> failure.message().startsWith("shop-00001-5 "));
      assertThat(later.attempts()).isEqualTo(1);
    }
  }
}

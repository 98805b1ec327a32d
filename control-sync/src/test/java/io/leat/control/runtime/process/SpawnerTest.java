package io.leat.control.runtime.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SpawnerTest {

  private static final Duration LITTLE = Duration.ofMillis(30);

  @TempDir Path dir;

  private static final class Collected implements Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void accept(byte[] chunk, int length) {
      bytes.write(chunk, 0, length);
    }

    @Override
    public void end() {}

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private Launch launch(String script) {
    return new Launch(
        "it",
        List.of("sh", "-c", script),
        Map.of("PATH", Objects.requireNonNull(System.getenv("PATH"))),
        dir);
  }

  private static Child spawn(Spawner spawner, Launch launch, Output output) throws Exception {
    return spawner.spawn(launch, output).get(60, SECONDS);
  }

  @Test
  void aChildLeadsItsOwnSessionAndReadsNothing() throws Exception {
    try (Spawner spawner = new Spawner(dir)) {
      Collected output = new Collected();
      Child child = spawn(spawner, launch("cat; cut -d' ' -f5,6 /proc/$$/stat; exit 5"), output);
      assertThat(child.exited().get(60, SECONDS)).isEqualTo(5);
      child.drained().get(60, SECONDS);
      assertThat(output.text().strip()).isEqualTo(child.pid() + " " + child.pid());
      assertThat(dir).isEmptyDirectory();
    }
  }

  @Test
  void aReplacedWatchdogStillGuardsOldGroups() throws Exception {
    Collected output = new Collected();
    Child child;
    ProcessHandle grandchild;
    try (Spawner spawner = new Spawner(dir)) {
      child = spawn(spawner, launch("sleep 600 & echo $!; exec sleep 600"), output);
      await().atMost(60, SECONDS).until(() -> output.text().endsWith("\n"));
      grandchild = ProcessHandle.of(Long.parseLong(output.text().strip())).orElseThrow();
      long first = spawner.watchdogPid();
      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      await()
          .atMost(60, SECONDS)
          .until(() -> spawner.watchdogPid() != first && spawner.watchdogPid() != -1);
      assertThat(grandchild.isAlive()).isTrue();
    }
    await().atMost(60, SECONDS).until(() -> !grandchild.isAlive());
    assertThat(child.exited().get(60, SECONDS)).isEqualTo(137);
  }

  @Test
  void withoutProcessGroupsTheLeadersStillEnd() throws Exception {
    Containment none = new Containment(List.of(), List.of());
    Collected output = new Collected();
    Child first;
    Child second;
    ProcessHandle forked;
    try (Spawner spawner = new Spawner(dir, () -> none)) {
      first = spawn(spawner, launch("sleep 600 & echo $!; exec sleep 600"), output);
      await().atMost(60, SECONDS).until(() -> output.text().endsWith("\n"));
      forked = ProcessHandle.of(Long.parseLong(output.text().strip())).orElseThrow();
      first.terminate();
      assertThat(first.exited().get(60, SECONDS)).isEqualTo(143);
      await().atMost(60, SECONDS).until(() -> !forked.isAlive());
      Collected more = new Collected();
      second = spawn(spawner, launch("echo up; exec sleep 600"), more);
      await().atMost(60, SECONDS).until(() -> more.text().endsWith("\n"));
    }
    assertThat(second.exited().get(60, SECONDS)).isEqualTo(137);
  }

  @Test
  void aChildStoppedBeforeItsProgramRunsNeverRunsIt() throws Exception {
    try (Spawner spawner = new Spawner(dir)) {
      for (int i = 0; i < 20; i++) {
        Child child = spawn(spawner, launch("exec sleep 600"), new Collected());
        child.terminate();
        int code = child.exited().get(60, SECONDS);
        // 143 when the program had already been let go.
        assertThat(code).isIn(1, 143);
      }
    }
  }

  @Test
  void startingCostsLittle() throws Exception {
    try (Spawner spawner = new Spawner(dir)) {
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 200 && (i < 20 || best > LITTLE.toNanos()); i++) {
        Collected output = new Collected();
        long began = System.nanoTime();
        Child child = spawn(spawner, launch("echo up"), output);
        child.drained().get(60, SECONDS);
        best = Math.min(best, System.nanoTime() - began);
        child.exited().get(60, SECONDS);
      }
      System.out.println("start to end of a trivial program: " + best / 1_000 + " us");
      assertThat(Duration.ofNanos(best)).isLessThanOrEqualTo(LITTLE);
    }
  }
}

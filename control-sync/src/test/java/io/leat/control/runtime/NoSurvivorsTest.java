package io.leat.control.runtime;

import static io.leat.control.runtime.RuntimeFixture.AT_ONCE;
import static io.leat.control.runtime.RuntimeFixture.ID;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class NoSurvivorsTest {

  @TempDir Path dir;

  @Test
  void stoppingTakesTheWholeGroupAndItsDaemons() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      String script =
          "trap 'exit 0' TERM; (trap '' TERM; while :; do sleep 1; done) & setsid sleep 600 &"
              + " sleep 600 & while :; do wait; done";
      leat.processes.ensure(ID, leat.shell(script, AT_ONCE, Duration.ofMinutes(5)), 1);
      leat.awaitReady(1);
      await().atMost(60, SECONDS).until(() -> leat.alive().size() >= 4);
      long began = System.nanoTime();
      leat.processes.ensure(ID, leat.shell(script, AT_ONCE), 0);
      leat.awaitNobody();
      // The leader obeyed: what it leaves behind gets no grace of its own.
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void anAppThatIgnoresSigtermIsKilledAfterItsGrace() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      String script = "trap '' TERM; while :; do sleep 0.1; done";
      InstanceTemplate template = leat.shell(script, AT_ONCE, Duration.ofMillis(700));
      leat.processes.ensure(ID, template, 1);
      leat.awaitReady(1);
      long began = System.nanoTime();
      leat.processes.ensure(ID, template, 0);
      await()
          .atMost(60, SECONDS)
          .until(() ->
              leat.observed().instances().stream()
                  .allMatch(one -> one.state() == RuntimeObservation.Instance.State.STOPPING));
      leat.awaitNobody();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(690));
      leat.awaitReady(0);
      assertThat(leat.observed().failure()).isNull();
    }
  }

  @Test
  void whatDiesWithAKilledLeatIsEverything() throws IOException {
    String tag = UUID.randomUUID().toString();
    Process host = host(dir, tag);
    assertThat(RuntimeFixture.tagged(tag)).hasSizeGreaterThanOrEqualTo(9);
    host.destroyForcibly();
    RuntimeFixture.awaitNobody(tag);
    // Its records are stale now; the next life clears them.
    assertThat(dir.resolve("instances")).isNotEmptyDirectory();
    try (RuntimeFixture next = new RuntimeFixture(dir)) {
      next.processes.ensure(ID, next.shell("exec sleep 600", AT_ONCE), 1);
      next.awaitReady(1);
      assertThat(dir.resolve("instances").toFile().list()).hasSize(1);
    }
  }

  @Test
  void theNextLifeReapsWhatOutlivedBothLeatAndItsWatchdog() throws IOException {
    String tag = UUID.randomUUID().toString();
    Process host = host(dir, tag);
    ProcessHandle watchdog =
        host.children()
            .filter(child -> commandLine(child.pid()).contains("leat-watchdog"))
            .findFirst()
            .orElseThrow();
    // Frozen, it can neither answer the death of its Leat nor be noticed and replaced.
    signal("STOP", watchdog.pid());
    host.destroyForcibly();
    await().atMost(60, SECONDS).until(() -> !host.isAlive());
    signal("KILL", watchdog.pid());
    assertThat(RuntimeFixture.tagged(tag)).as("the kernel took only the leaders").isNotEmpty();
    try (RuntimeFixture next = new RuntimeFixture(dir)) {
      assertThat(next.stateDir).isEqualTo(dir);
      RuntimeFixture.awaitNobody(tag);
    }
  }

  private static Process host(Path dir, String tag) throws IOException {
    List<String> command = new ArrayList<>(RuntimeFixture.java(RuntimeHost.class));
    command.addAll(List.of(dir.toString(), tag));
    Process host =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.equals("ready")) {
      line = out.readLine();
    }
    assertThat(line).isEqualTo("ready");
    await().atMost(60, SECONDS).until(() -> RuntimeFixture.tagged(tag).size() >= 9);
    return host;
  }

  private static String commandLine(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(handle -> handle.info().commandLine())
        .orElse("")
        .replace('\0', ' ');
  }

  private static void signal(String signal, long pid) throws IOException {
    Process kill = new ProcessBuilder("kill", "-s", signal, Long.toString(pid)).start();
    await().atMost(60, SECONDS).until(() -> !kill.isAlive());
    assertThat(kill.exitValue()).isZero();
  }
}

package io.leat.control.eventing.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.control.eventing.source.SourceStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class ProcessFeedTest {
  @TempDir Path dir;

  private static String script(String text, String more) {
    return "{'command':['sh','-c','" + text + "'],'format':'text'" + more + "}";
  }

  private static void awaitTaken(Runner test, int count) {
    await().atMost(Duration.ofSeconds(60)).until(() -> test.channel.taken().size() >= count);
  }

  @Test
  void linesOfStdoutBecomeEventsAndThoseOfStderrDoNot() throws Exception {
    try (Runner test = new Runner(dir.resolve("state"))) {
      test.want(
          "process",
          script(
              "echo $COLOUR; pwd; echo bad >&2; printf end; exec sleep 60 >/dev/null",
              ",'env':{'COLOUR':'green'},'dir':'" + dir + "','type':'line'"));
      awaitTaken(test, 3);
      assertThat(test.channel.taken()).containsExactly("green", dir.toRealPath().toString(), "end");
      assertThat(test.channel.asked().getFirst().header("ce-type")).isEqualTo("line");
    }
  }

  @Test
  void aProgramThatEndsIsStartedAgainAfterAPauseAndItsLastWordsAreTold() throws Exception {
    ManualSourceTime time = new ManualSourceTime();
    try (Runner test = new Runner(dir, time)) {
      test.want("process", script("echo run; echo oops >&2; exit 3", ""));
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(1));
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(2));
      awaitTaken(test, 3);
      await().until(() -> test.status().failures() == 3);
      assertThat(test.status().state()).isEqualTo(State.RETRYING);
      assertThat(test.status().lastError()).startsWith("the program ended with code 3");
      assertThat(test.channel.taken()).containsExactly("run", "run", "run");
    }
  }

  @Test
  void aProgramThatIsNotThereIsToldAndTriedAgain() throws Exception {
    try (Runner test = new Runner(dir)) {
      test.want("process", "{'command':['/no/such/program'],'format':'text'}");
      await().until(() -> test.status().state() == State.RETRYING);
      assertThat(test.status().lastError()).contains("the program ended with code 127");
    }
  }

  @Test
  void stoppingKillsWithAllChildrenWithinASecond() throws Exception {
    try (Runner test = new Runner(dir)) {
      test.want(
          "process",
          script(
              "trap \\\"\\\" TERM; sleep 600 & echo $!; setsid sleep 600 & echo $!; echo $$;"
                  + " while :; do sleep 1; done",
              ""));
      awaitTaken(test, 3);
      List<String> pids = test.channel.taken();
      assertThat(pids).allMatch(ProcessFeedTest::runs);
      test.wantNone();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              test.runner.hasEnded(Runner.KEY) && pids.stream().noneMatch(ProcessFeedTest::runs));
    }
  }

  /** Whether a process is there and not only waits for its parent to take notice of its end. */
  private static boolean runs(String pid) {
    try {
      return !Files.readString(Path.of("/proc", pid, "cmdline")).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aProgramThatPrintsTooFastWaitsAndALongLineIsCut() throws Exception {
    try (Runner test = new Runner(dir)) {
      test.channel.hang();
      test.want(
          "process",
          script("head -c 100000 /dev/zero | tr \\\"\\\\0\\\" x; yes > /dev/stdout", ""));
      await().until(() -> test.channel.asked().size() == 1);
      assertThat(test.channel.asked().getFirst().body()).hasSize(LineQueue.MAX_LINE);
      await().until(() -> test.status().odd() == 1);
      assertThat(test.status().emitted()).isZero();
      test.wantNone();
      await().atMost(Duration.ofSeconds(60)).until(() -> test.runner.hasEnded(Runner.KEY));
    }
  }
}

package io.leat.control.eventing.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTailFeedTest {
  @TempDir Path dir;
  private Path file;
  private Path state;

  @BeforeEach
  void paths() {
    file = dir.resolve("app.log");
    state = dir.resolve("state");
  }

  private String arguments(String from, String format) {
    return "{'path':'" + file + "','from':'" + from + "','format':'" + format + "'}";
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void awaitTaken(Runner test, String... lines) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(test.channel.taken()).containsExactly(lines));
  }

  @Test
  void fromTheEndOnlyNewLinesCountAndAHalfOneIsNew() throws Exception {
    append("old\nha");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("end", "text"));
      await().until(() -> Files.exists(state));
      append("lf\r\n\nnext\nunfinished");
      awaitTaken(test, "half", "", "next");
      assertThat(test.channel.asked().getFirst().header("content-type")).isEqualTo("text/plain");
    }
  }

  @Test
  void aFileThatAppearsLaterIsReadFromItsBeginning() throws Exception {
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("end", "text"));
      await().until(() -> test.status().state() == SourceStatus.State.RUNNING);
      append("one\n");
      awaitTaken(test, "one");
    }
  }

  @Test
  void aRestartGoesOnWhereItWasAndRepeatsAnUntakenLineUnderItsId() throws Exception {
    append("a\nb\nc\n");
    String id;
    try (Runner test = new Runner(state)) {
      test.channel.answer(202, "");
      test.channel.answer(503, "60");
      test.want("file-tail", arguments("start", "text"));
      await().until(() -> test.channel.asked().size() == 2);
      id = test.channel.asked().getLast().header("ce-id");
    }
    append("d\n");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("start", "text"));
      awaitTaken(test, "b", "c", "d");
      assertThat(test.channel.asked().getFirst().header("ce-id")).isEqualTo(id);
      test.wantNone();
      await().until(() -> test.runner.hasEnded(Runner.KEY));
      test.runner.forget(Runner.KEY);
      test.want("file-tail", arguments("start", "text"));
      awaitTaken(test, "b", "c", "d", "a", "b", "c", "d");
    }
  }

  @Test
  void aRenamedFileIsReadToItsEndFirst() throws Exception {
    append("a\n");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("start", "text"));
      awaitTaken(test, "a");
      append("b\nlast without end");
      Files.move(file, dir.resolve("app.log.1"));
      append("c\n");
      awaitTaken(test, "a", "b", "last without end", "c");
    }
  }

  @Test
  void aFileThatWasRenamedWhileNobodyLookedIsFoundAgain() throws Exception {
    append("a\n");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("start", "text"));
      awaitTaken(test, "a");
      await().until(() -> test.status().emitted() == 1);
    }
    append("b\n");
    Files.move(file, dir.resolve("app.log.1"));
    append("c\n");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("start", "text"));
      awaitTaken(test, "b", "c");
    }
  }

  @Test
  void aFileThatWasCutOrWrittenAnewIsReadFromItsBeginning() throws Exception {
    append("first line\nsecond line\n");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("start", "text"));
      awaitTaken(test, "first line", "second line");
      Files.writeString(file, "x\n", StandardOpenOption.TRUNCATE_EXISTING);
      awaitTaken(test, "first line", "second line", "x");
      // Longer than before, so that its size does not give it away.
      Files.writeString(file, "y\nz\n", StandardOpenOption.TRUNCATE_EXISTING);
      awaitTaken(test, "first line", "second line", "x", "y", "z");
      List<String> ids = test.channel.asked().stream().map(each -> each.header("ce-id")).toList();
      assertThat(ids).doesNotHaveDuplicates().isSorted();
    }
  }

  @Test
  void jsonLinesAreDataCloudEventsAreThemselvesAndTheRestIsText() throws Exception {
    String event = "{\"specversion\":\"1.0\",\"id\":\"9\",\"source\":\"/s\",\"type\":\"t\"}";
    append("{\"n\":1}\n\n" + event + "\nnot json\n");
    try (Runner test = new Runner(state)) {
      test.want("file-tail", arguments("start", "json"));
      awaitTaken(test, "{\"n\":1}", event, "not json");
      assertThat(test.channel.asked())
          .extracting(each -> each.header("content-type"))
          .containsExactly("application/json", "application/cloudevents+json", "text/plain");
      await().until(() -> test.status().emitted() == 3);
      assertThat(test.status().odd()).isEqualTo(1);
    }
  }
}

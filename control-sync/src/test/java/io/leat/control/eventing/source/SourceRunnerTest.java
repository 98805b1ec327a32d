package io.leat.control.eventing.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.control.eventing.source.SinkServer.Taken;
import io.leat.control.eventing.source.SourceStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourceRunnerTest {
  private static final String EACH_MINUTE = "{'period':'PT1M','data':{'n':1},'type':'tick'}";

  @TempDir Path dir;
  private final ManualSourceTime time = new ManualSourceTime();

  @Test
  void anIntervalEmitsAtOnceAndThenEachPeriod() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      assertThat(test.runner.status(Runner.KEY)).isEmpty();
      test.want("interval", EACH_MINUTE);
      for (int i = 0; i < 4; i++) {
        assertThat(time.pass()).isEqualTo(Duration.ofMinutes(1));
      }
      await().until(() -> test.channel.asked().size() == 5);
      List<String> ids = test.channel.asked().stream().map(each -> each.header("ce-id")).toList();
      assertThat(ids).doesNotHaveDuplicates().isSorted();
      assertThat(test.channel.asked())
          .extracting(each -> each.header("ce-time"))
          .startsWith("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
      Taken first = test.channel.asked().getFirst();
      assertThat(first.text()).isEqualTo("{\"n\":1}");
      assertThat(first.header("ce-type")).isEqualTo("tick");
      assertThat(first.header("ce-source")).isEqualTo("/apis/v1/namespaces/default/sources/s");
      await().until(() -> test.status().emitted() == 5);
      assertThat(test.status().state()).isEqualTo(State.RUNNING);
      assertThat(test.status().lastEmitted()).isEqualTo("2026-01-01T00:04:00Z");
    }
  }

  @Test
  void whatASlowChannelMadeLateIsLeftOut() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      test.channel.answer(503, "90");
      test.want("interval", EACH_MINUTE);
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(90));
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(30));
      await().until(() -> test.channel.taken().size() == 2);
      assertThat(test.channel.asked())
          .extracting(each -> each.header("ce-time"))
          .containsExactly("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:02:00Z");
    }
  }

  @Test
  void aCountedIntervalFinishes() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      test.want("interval", "{'period':'PT1M','count':2}");
      time.pass();
      await().until(() -> test.status().state() == State.FINISHED);
      test.want("interval", "{'period':'PT1M','count':2}");
      assertThat(test.channel.asked()).hasSize(2);
      assertThat(test.channel.asked().getFirst().header("ce-type"))
          .isEqualTo("dev.leat.source.interval");
    }
  }

  @Test
  void anEventIsSentUntilItIsTakenAndNoOtherBefore() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      for (int status : new int[] {500, 404, 429}) {
        test.channel.answer(status, status == 429 ? "600" : "");
      }
      test.want("interval", EACH_MINUTE);
      assertThat(time.pass()).isEqualTo(Duration.ofMillis(100));
      await().until(() -> test.status().failures() == 2);
      assertThat(test.status().state()).isEqualTo(State.RETRYING);
      assertThat(test.status().lastError()).endsWith("answered 404");
      assertThat(time.pass()).isEqualTo(Duration.ofMillis(200));
      assertThat(time.pass()).isEqualTo(Duration.ofMinutes(5));
      await().until(() -> test.status().emitted() == 1);
      assertThat(test.status().lastError()).isEmpty();
      assertThat(test.channel.asked().subList(0, 4))
          .extracting(each -> each.header("ce-id"))
          .containsOnly(Objects.requireNonNull(test.channel.asked().getFirst().header("ce-id")));
    }
  }

  @Test
  void anEventThatIsRefusedForGoodIsCountedAndTheNextOneGoes() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      test.channel.answer(400, "");
      test.want("interval", EACH_MINUTE);
      await().until(() -> test.status().refused() == 1);
      assertThat(test.status().lastError()).contains("answered 400").contains("lost");
      time.pass();
      await().until(() -> test.status().emitted() == 1);
      assertThat(test.status().lastError()).isEmpty();
    }
  }

  @Test
  void applyingTheSameAgainChangesNothingAndOtherArgumentsReplace() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      test.want("interval", EACH_MINUTE);
      await().until(() -> test.status().emitted() == 1);
      test.want("interval", EACH_MINUTE);
      assertThat(test.status().emitted()).isEqualTo(1);
      test.want("interval", "{'period':'PT1H','type':'tock'}");
      await().until(() -> test.channel.asked().size() == 2);
      assertThat(test.channel.asked().getLast().header("ce-type")).isEqualTo("tock");
      String before = test.channel.asked().getFirst().header("ce-id");
      assertThat(test.channel.asked().getLast().header("ce-id"))
          .isNotEqualTo(Objects.requireNonNull(before));
    }
  }

  @Test
  void aSourceThatWaitsForItsChannelStopsWithinASecond() throws Exception {
    try (Runner test = new Runner(dir)) {
      test.channel.hang();
      test.want("interval", "{'period':'PT0.05S'}");
      await().until(() -> test.channel.asked().size() == 1);
      assertThat(test.runner.hasEnded(Runner.KEY)).isFalse();
      test.wantNone();
      await().atMost(Duration.ofSeconds(60)).until(() -> test.runner.hasEnded(Runner.KEY));
      assertThat(test.runner.statuses()).isEmpty();
      assertThat(test.channel.asked()).hasSize(1);
    }
  }

  @Test
  void listenersHearOfStatesAndErrorsAndMayFail() throws Exception {
    ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    try (Runner test = new Runner(dir, time)) {
      test.runner.onChange(heard::add);
      test.runner.onChange(_ -> {
        throw new IllegalStateException("the listener of the test");
      });
      test.want("interval", "{'period':'PT1M','count':1}");
      await().until(() -> test.status().state() == State.FINISHED);
      assertThat(heard).containsExactly(Runner.KEY, Runner.KEY);
      assertThat(test.channel.asked()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "interval  | {}                                             | period: is required",
        "interval  | {'period':'often'}                             | period: must be a duration",
        "interval  | {'period':'PT0.001S'}                          | period: must be from",
        "interval  | {'period':'PT1S','colour':1}                   | colour: is not known",
        "http-poll | {'url':'ftp://x/','period':'PT1S'}             | url or headers:",
        "http-poll | {'url':'http://x/','period':'PT1S','headers':{'Host':'y'}} | url or headers:",
        "http-poll | {'url':'http://x/','period':'PT1S','headers':{'a':1}} | headers.a: must be",
        "file-tail | {'path':'here','from':'end','format':'text'}   | path: must be absolute",
        "file-tail | {'path':'/here','from':'now','format':'text'}  | from: must be one of",
        "process   | {'command':[],'format':'text'}                 | command: must not be empty",
        "process   | {'command':['a'],'format':'text','env':{'a':1}} | env.a: must be of type",
        "cron      | {}                                             | provisioner: cron is not"
      })
  void whatIsNotAllowedDoesNotRun(String provisioner, String arguments, String problem)
      throws Exception {
    try (Runner test = new Runner(dir, time)) {
      test.want(provisioner, arguments);
      assertThat(test.status().state()).isEqualTo(State.INVALID);
      assertThat(test.status().lastError()).startsWith(problem);
      test.want("interval", EACH_MINUTE);
      await().until(() -> test.status().emitted() == 1);
    }
  }

  @Test
  void eachSourceRunsForItself() throws Exception {
    try (Runner test = new Runner(dir)) {
      SourceSpec once = test.spec("interval", "{'period':'PT1H','type':'a'}");
      SourceSpec fails =
          test.spec("http-poll", "{'url':'http://127.0.0.1:1/','period':'PT1H','type':'b'}");
      test.runner.apply(Map.of("default/a", once, "default/b", fails));
      await()
          .until(() -> {
            SourceStatus a = test.runner.status("default/a").orElseThrow();
            SourceStatus b = test.runner.status("default/b").orElseThrow();
            return a.emitted() == 1 && b.failures() == 1;
          });
    }
  }
}

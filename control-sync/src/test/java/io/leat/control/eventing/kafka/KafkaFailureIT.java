package io.leat.control.eventing.kafka;

import static io.leat.control.eventing.kafka.KafkaLogs.append;
import static io.leat.control.eventing.kafka.KafkaLogs.appendAll;
import static io.leat.control.eventing.kafka.KafkaLogs.appendKeyed;
import static io.leat.control.eventing.kafka.KafkaLogs.durable;
import static io.leat.control.eventing.kafka.KafkaLogs.open;
import static io.leat.control.eventing.kafka.KafkaLogs.record;
import static io.leat.control.eventing.kafka.KafkaLogs.text;
import static io.leat.control.eventing.kafka.KafkaLogs.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is away, and processes that come and go: nothing acknowledged is lost. */
@ExtendWith(KafkaBroker.Shared.class)
final class KafkaFailureIT {
  private static final CursorStart END = new CursorStart.End();
  private final KafkaBroker broker;

  KafkaFailureIT(KafkaBroker broker) {
    this.broker = broker;
  }

  @Test
  void aKilledBrokerLosesNothingAcknowledged(@TempDir Path folder) throws Exception {
    try (KafkaProcess killed = KafkaProcess.start(folder);
        KafkaLog log = open("kill", killed.arguments(4), "a")) {
      LogCursor cursor = log.cursor("s", END);
      Set<String> read = new HashSet<>();
      List<CompletableFuture<KafkaLogs.Appended>> sent = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        sent.add(
            i % 10 == 0
                ? append(log, record(i + ""), record(i + "b"))
                : append(log, record(i + "")));
      }
      until(() -> drain(cursor, read) > 50);
      killed.kill();
      long before = System.nanoTime();
      for (int i = 300; i < 600; i++) {
        sent.add(append(log, record(i + "")));
      }
      // More than may wait: refused at once. Nobody waits for a broker that is away, which would
      // take the 30 s after which a delivery is given up.
      LogRecord large = new LogRecord((byte) 1, "", new byte[20 << 20]);
      CompletableFuture<KafkaLogs.Appended> first = append(log, large);
      CompletableFuture<KafkaLogs.Appended> second = append(log, large);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
      assertThat(second).isCompletedWithValue(new KafkaLogs.Appended(AppendOutcome.FULL, 0));
      assertThat(first).isNotDone();
      assertThat(log.stats().waitingBytes()).isBetween(20L << 20, 32L << 20);
      killed.restart();
      Set<String> acknowledged = new HashSet<>();
      for (int i = 0; i < sent.size(); i++) {
        if (sent.get(i).get(60, TimeUnit.SECONDS).outcome() == AppendOutcome.DURABLE) {
          acknowledged.add(i + "");
        }
      }
      // What the broker did not answer in time may fail, whole; what follows may not.
      assertThat(first.get(60, TimeUnit.SECONDS).outcome()).isNotEqualTo(AppendOutcome.FULL);
      durable(append(log, record("after"), record("after-b")));
      acknowledged.add("after");
      assertThat(acknowledged).hasSizeGreaterThan(50);
      until(() -> drain(cursor, read) > 0 && read.containsAll(acknowledged));
      for (int i = 0; i < 300; i += 10) {
        assertThat(read.contains(i + "b")).isEqualTo(read.contains(i + ""));
      }
      assertThat(log.stats().waitingBytes()).isZero();
    }
  }

  @Test
  void twoProcessesShareACursorAndSkipNothing() {
    Map<String, String> arguments = broker.arguments(6);
    Set<String> finished = new HashSet<>();
    List<String> texts = IntStream.range(0, 3000).mapToObj(i -> "e" + i).toList();
    try (KafkaLog first = open("share", arguments, "a")) {
      LogCursor one = first.cursor("s", END);
      appendKeyed(first, texts.subList(0, 1000));
      until(() -> finishSome(one, 50, finished) > 300);
      try (KafkaLog second = open("share", arguments, "b")) {
        LogCursor two = second.cursor("s", END);
        appendKeyed(second, texts.subList(1000, 2000));
        Set<String> byTwo = new HashSet<>();
        // The first holds unread records of partitions that it loses now: the second gets those.
        until(() -> finishSome(two, 10, byTwo) > 200);
        finished.addAll(byTwo);
        // Read and not finished: whoever is left gets these.
        assertThat(two.read(100, Long.MAX_VALUE)).isNotEmpty();
      }
      appendKeyed(first, texts.subList(2000, 3000));
      until(() -> finishSome(one, 500, finished) >= 3000 && one.backlog() == 0);
      assertThat(finished).containsAll(texts);
    }
    try (KafkaLog third = open("share", arguments, "c")) {
      LogCursor three = third.cursor("s", END);
      appendAll(third, List.of("last"));
      assertThat(KafkaLogs.texts(three, 1)).containsExactly("last");
    }
  }

  @Test
  void aClosedLogAnswersAtOnce() {
    KafkaLog log = open("closed", broker.arguments(1), "a");
    CompletableFuture<KafkaLogs.Appended> accepted = append(log, record("0"));
    log.close();
    assertThat(accepted).isCompleted();
    assertThat(accepted.join().outcome()).isEqualTo(AppendOutcome.DURABLE);
    assertThat(append(log, record("1")).join().outcome()).isEqualTo(AppendOutcome.FAILED);
    assertThat(log.stats().failed()).isTrue();
    log.close();
  }

  @Test
  void aTopicThatWouldLoseRecordsIsRefused() throws Exception {
    Map<String, String> arguments = broker.arguments(1);
    KafkaArguments parsed = KafkaArguments.of(arguments);
    KafkaClients clients = new KafkaClients(new ChannelId("test", "compacted"), parsed);
    try (var admin = clients.admin()) {
      admin
          .createTopics(
              List.of(
                  new org.apache.kafka.clients.admin.NewTopic(clients.topic(), 1, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    assertThatThrownBy(() ->
            KafkaLog.open(
                new ChannelId("test", "compacted"),
                KafkaLogs.storage(arguments, 1 << 20, Duration.ofDays(1)),
                KafkaLogs.context("a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cleanup.policy is compact");
  }

  private static int drain(LogCursor cursor, Set<String> into) {
    for (LogEntry entry : cursor.read(1000, Long.MAX_VALUE)) {
      into.add(text(entry));
    }
    return into.size();
  }

  private static int finishSome(LogCursor cursor, int entries, Set<String> into) {
    for (LogEntry entry : cursor.read(entries, Long.MAX_VALUE)) {
      into.add(text(entry));
      cursor.finish(entry.offset());
    }
    return into.size();
  }
}

package io.leat.control.eventing.kafka;

import static io.leat.control.eventing.kafka.KafkaLogs.append;
import static io.leat.control.eventing.kafka.KafkaLogs.appendAll;
import static io.leat.control.eventing.kafka.KafkaLogs.durable;
import static io.leat.control.eventing.kafka.KafkaLogs.open;
import static io.leat.control.eventing.kafka.KafkaLogs.read;
import static io.leat.control.eventing.kafka.KafkaLogs.record;
import static io.leat.control.eventing.kafka.KafkaLogs.storage;
import static io.leat.control.eventing.kafka.KafkaLogs.text;
import static io.leat.control.eventing.kafka.KafkaLogs.texts;
import static io.leat.control.eventing.kafka.KafkaLogs.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A log on a real broker: what is appended is read, what is finished is not read again. */
@ExtendWith(KafkaBroker.Shared.class)
final class KafkaLogIT {
  private static final CursorStart END = new CursorStart.End();
  private static final CursorStart BEGINNING = new CursorStart.Beginning();
  private final KafkaBroker broker;

  KafkaLogIT(KafkaBroker broker) {
    this.broker = broker;
  }

  @Test
  void aRestartGoesOnAtWhatIsNotFinished() {
    try (KafkaLog log = open("resume", broker.arguments(1), "a")) {
      LogCursor cursor = log.cursor("s", END);
      appendAll(log, List.of("0", "1", "2", "3", "4", "5"));
      List<LogEntry> entries = read(cursor, 5);
      assertThat(entries).extracting(LogEntry::kind).containsOnly((byte) 7);
      assertThat(entries).extracting(LogEntry::offset).isSorted();
      assertThat(cursor.backlog()).isEqualTo(6);
      finish(cursor, entries, 0, 1, 3);
      assertThat(cursor.backlog()).isEqualTo(3);
      assertThat(cursor.backlogBytes()).isBetween(2L, 3L);
    }
    try (KafkaLog log = open("resume", broker.arguments(1), "a")) {
      LogCursor cursor = log.cursor("s", END);
      // 3 was finished out of order: the commit remembers that, too.
      List<LogEntry> entries = read(cursor, 3);
      assertThat(entries).extracting(KafkaLogs::text).containsExactly("2", "4", "5");
      finish(cursor, entries, 0, 1, 2);
      assertThat(cursor.backlog()).isZero();
    }
    try (KafkaLog log = open("resume", broker.arguments(1), "a")) {
      LogCursor cursor = log.cursor("s", BEGINNING);
      appendAll(log, List.of("6"));
      assertThat(texts(cursor, 1)).containsExactly("6");
    }
  }

  @Test
  void severalRecordsAreThereTogetherAndInOrder() {
    try (KafkaLog log = open("batch", broker.arguments(4), "a")) {
      LogCursor cursor = log.cursor("s", END);
      List<CompletableFuture<KafkaLogs.Appended>> sent = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        sent.add(append(log, record(i + "a"), record(i + "b"), record(i + "c")));
        sent.add(append(log, record(i + "x")));
      }
      sent.forEach(KafkaLogs::durable);
      List<LogEntry> entries = read(cursor, 160);
      Map<Long, String> byOffset = new HashMap<>();
      entries.forEach(entry -> byOffset.put(entry.offset(), text(entry)));
      List<String> texts = entries.stream().map(KafkaLogs::text).toList();
      for (int i = 0; i < 40; i++) {
        assertThat(texts).containsSubsequence(i + "a", i + "b", i + "c");
        assertThat(byOffset.get(durable(sent.get(2 * i)))).isEqualTo(i + "a");
      }
      finishAll(cursor, entries);
      until(() -> cursor.backlog() == 0);
    }
  }

  @Test
  void anAppendOfWhichOneRecordIsRefusedLeavesNothing() throws Exception {
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("leat.test.refused", 1, (short) 1)
                      .configs(Map.of("max.message.bytes", "2000"))))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
    try (KafkaLog log = open("refused", broker.arguments(1), "a")) {
      LogCursor cursor = log.cursor("s", END);
      LogRecord large = new LogRecord((byte) 7, "", new byte[5000]);
      assertThat(append(log, record("a"), large).get(60, TimeUnit.SECONDS).outcome())
          .isEqualTo(AppendOutcome.FAILED);
      assertThat(append(log, large).get(60, TimeUnit.SECONDS).outcome())
          .isEqualTo(AppendOutcome.FAILED);
      durable(append(log, record("b"), record("c")));
      durable(append(log, record("d")));
      assertThat(texts(cursor, 3)).containsExactly("b", "c", "d");
    }
  }

  @Test
  void aDirectedRecordIsForOneCursor() {
    try (KafkaLog log = open("directed", broker.arguments(1), "a")) {
      LogCursor one = log.cursor("one", END);
      LogCursor two = log.cursor("two", END);
      durable(append(log, new LogRecord((byte) 2, "one", "hop".getBytes(UTF_8))));
      durable(append(log, record("all")));
      assertThat(texts(one, 2)).containsExactly("hop", "all");
      List<LogEntry> entries = read(two, 1);
      assertThat(text(entries.getFirst())).isEqualTo("all");
      finishAll(two, entries);
      until(() -> two.backlog() == 0);
      assertThat(one.backlog()).isEqualTo(2);
    }
  }

  @Test
  void recordsOfAKeyStayInOrderOverPartitions() {
    try (KafkaLog log = open("keys", broker.arguments(8), "a")) {
      LogCursor cursor = log.cursor("s", END);
      List<CompletableFuture<KafkaLogs.Appended>> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String key = "k" + i % 5;
        LogRecord record = new LogRecord((byte) 1, "", key, (key + ":" + i).getBytes(UTF_8));
        sent.add(i % 7 == 0 ? append(log, record, record("-")) : append(log, record));
      }
      sent.forEach(KafkaLogs::durable);
      List<String> texts = texts(cursor, 229);
      for (int key = 0; key < 5; key++) {
        String prefix = "k" + key + ":";
        assertThat(texts.stream().filter(text -> text.startsWith(prefix)).toList())
            .containsExactlyElementsOf(
                IntStream.iterate(key, i -> i + 5).limit(40).mapToObj(i -> prefix + i).toList());
      }
    }
  }

  @Test
  void aRecordIsReadAgainFromMemoryOrFromTheBroker() {
    try (KafkaLog log = open("again", broker.arguments(1), "a")) {
      LogCursor cursor = log.cursor("s", END);
      byte[] large = new byte[3 << 20];
      for (int i = 0; i < 4; i++) {
        large[0] = (byte) i;
        durable(append(log, new LogRecord((byte) 3, "", large.clone())));
      }
      List<LogEntry> entries = read(cursor, 4);
      for (int i = 0; i < 4; i++) {
        LogEntry again = cursor.again(entries.get(i).offset());
        assertThat(again.payload()).isEqualTo(entries.get(i).payload());
        assertThat(again.kind()).isEqualTo((byte) 3);
        assertThat(again.timestamp()).isEqualTo(entries.get(i).timestamp());
      }
      cursor.finish(entries.get(1).offset());
      assertThatThrownBy(() -> cursor.again(entries.get(1).offset()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> cursor.again(entries.get(3).offset() + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aCursorBeginsAndIsSetWhereItIsTold() {
    try (KafkaLog log = open("seek", broker.arguments(2), "a")) {
      List<Long> offsets = appendAll(log, List.of("0", "1", "2", "3"));
      LogCursor cursor = log.cursor("s", BEGINNING);
      List<LogEntry> entries = read(cursor, 4);
      LogEntry third =
          entries.stream().filter(entry -> entry.offset() == offsets.get(2)).findFirst().get();
      cursor.seek(END);
      assertThat(cursor.backlog()).isZero();
      appendAll(log, List.of("4"));
      assertThat(texts(cursor, 1)).containsExactly("4");
      cursor.seek(new CursorStart.Offset(third.offset()));
      assertThat(texts(cursor, 3)).containsExactlyInAnyOrder("2", "3", "4");
      cursor.seek(new CursorStart.Time(third.timestamp()));
      assertThat(texts(cursor, 3)).containsExactlyInAnyOrder("2", "3", "4");
      cursor.seek(BEGINNING);
      assertThat(texts(cursor, 5)).containsExactlyInAnyOrder("0", "1", "2", "3", "4");
      cursor.seek(new CursorStart.Time(Long.MAX_VALUE / 2));
      appendAll(log, List.of("5"));
      assertThat(texts(cursor, 1)).containsExactly("5");
      assertThat(texts(log.cursor("late", new CursorStart.Offset(third.offset())), 4))
          .containsExactlyInAnyOrder("2", "3", "4", "5");
    }
  }

  @Test
  void aDroppedCursorIsForgotten() {
    try (KafkaLog log = open("drop", broker.arguments(2), "a");
        KafkaLog other = open("drop2", broker.arguments(1), "a")) {
      log.cursor("one", END);
      LogCursor two = log.cursor("two", END);
      other.cursor("two", END);
      appendAll(log, List.of("0", "1"));
      finishAll(two, read(two, 2));
      assertThat(log.cursors()).containsExactly("one", "two");
      assertThat(other.cursors()).containsExactly("two");
      log.drop("two");
      assertThat(log.cursors()).containsExactly("one");
      assertThat(other.cursors()).containsExactly("two");
      assertThat(texts(log.cursor("two", BEGINNING), 2)).containsExactlyInAnyOrder("0", "1");
    }
  }

  @Test
  void theConsumerPausesWhileNobodyReads() {
    try (KafkaLog log = open("pause", broker.arguments(2), "a")) {
      LogCursor cursor = log.cursor("s", END);
      List<String> texts = IntStream.range(0, 9000).mapToObj(i -> "r" + i).toList();
      appendAll(log, texts);
      KafkaCursor kafka = (KafkaCursor) cursor;
      until(kafka::full);
      // What is behind the pause is seen in the backlog alone.
      until(() -> cursor.backlog() == 9000);
      assertThat(kafka.buffered()).isBetween(4096, 4096 + CursorLoop.POLL_RECORDS);
      List<LogEntry> entries = read(cursor, 9000);
      assertThat(entries.stream().map(KafkaLogs::text).toList())
          .containsExactlyInAnyOrderElementsOf(texts);
      finishAll(cursor, entries);
      until(() -> cursor.backlog() == 0);
    }
  }

  @Test
  void aCursorBehindItsLimitsRefusesNewRecords() {
    try (KafkaLog log =
        open("limits", storage(broker.arguments(1), 1000, Duration.ofDays(1)), "a")) {
      LogCursor cursor = log.cursor("s", END);
      appendAll(log, IntStream.range(0, 20).mapToObj(i -> "x".repeat(100)).toList());
      until(() -> append(log, record("y")).join().outcome() == AppendOutcome.FULL);
      until(() -> {
        finishAll(cursor, cursor.read(100, Long.MAX_VALUE));
        return append(log, record("z")).join().outcome() == AppendOutcome.DURABLE;
      });
      // What everybody has finished is beyond the limit, so it goes.
      until(() -> log.stats().firstOffset() >= 20);
    }
  }

  private static void finish(LogCursor cursor, List<LogEntry> entries, int... which) {
    for (int index : which) {
      cursor.finish(entries.get(index).offset());
    }
  }

  private static void finishAll(LogCursor cursor, List<LogEntry> entries) {
    entries.forEach(entry -> cursor.finish(entry.offset()));
  }

  private Admin admin() {
    return Admin.create(
        Map.of("bootstrap.servers", broker.arguments(1).getOrDefault("bootstrap.servers", "")));
  }
}

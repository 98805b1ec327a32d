package io.leat.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link EventLog} does, whatever it keeps records in. */
@Timeout(300)
public abstract class EventLogContract {
  static final long ALL_BYTES = 1L << 40;
  private static final long SECONDS = 60;

  EventLog log;

  /** Opens the log; after it was closed, the same one again if it is durable. */
  protected abstract EventLog open() throws Exception;

  /** Lets time pass, where the log has a clock of the test. */
  protected void passTime() {}

  @BeforeEach
  final void openLog() throws Exception {
    log = open();
  }

  @AfterEach
  final void closeLog() {
    log.close();
  }

  /** Closes the log and opens it again. */
  final void reopen() throws Exception {
    log.close();
    log = open();
  }

  static LogRecord record(String cursor, String text) {
    return new LogRecord((byte) 7, cursor, text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(LogEntry entry) {
    return new String(entry.payload(), StandardCharsets.UTF_8);
  }

  long append(LogRecord... records) throws Exception {
    CompletableFuture<Long> done = new CompletableFuture<>();
    log.append(
        List.of(records),
        (outcome, offset) -> {
          if (outcome == AppendOutcome.DURABLE) {
            done.complete(offset);
          } else {
            done.completeExceptionally(new AssertionError(outcome));
          }
        });
    return done.get(SECONDS, TimeUnit.SECONDS);
  }

  long append(String text) throws Exception {
    return append(record("", text));
  }

  /** Reads so many entries, waiting for them. */
  static List<LogEntry> read(LogCursor cursor, int count) throws InterruptedException {
    List<LogEntry> read = new ArrayList<>();
    while (read.size() < count) {
      CountDownLatch readable = new CountDownLatch(1);
      cursor.whenReadable(readable::countDown);
      assertThat(readable.await(SECONDS, TimeUnit.SECONDS))
          .as("readable after %s of %s", read.size(), count)
          .isTrue();
      read.addAll(cursor.read(count - read.size(), ALL_BYTES));
    }
    return read;
  }

  static List<String> texts(LogCursor cursor, int count) throws InterruptedException {
    return read(cursor, count).stream().map(EventLogContract::text).toList();
  }

  static void finish(LogCursor cursor, List<LogEntry> entries) {
    entries.forEach(entry -> cursor.finish(entry.offset()));
  }

  @Test
  void readsWhatWasAppendedInOrder() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    long first = append("1");
    long second = append("2");
    assertThat(second).isGreaterThan(first);
    List<LogEntry> entries = read(cursor, 2);
    assertThat(entries).extracting(LogEntry::offset).containsExactly(first, second);
    assertThat(entries).extracting(EventLogContract::text).containsExactly("1", "2");
    assertThat(entries).extracting(LogEntry::kind).containsOnly((byte) 7);
    assertThat(cursor.read(10, ALL_BYTES)).isEmpty();
  }

  @Test
  void recordsOfOneAppendFollowEachOther() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    long first = append(record("", "1"), record("", "2"), record("", "3"));
    assertThat(append("4")).isGreaterThan(first + 2);
    assertThat(texts(cursor, 4)).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aNewCursorGetsWhatComesAfterIt() throws Exception {
    log.cursor("keeper", new CursorStart.End());
    append("before");
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    assertThat(cursor.backlog()).isZero();
    append("after");
    assertThat(texts(cursor, 1)).containsExactly("after");
  }

  @Test
  void eachCursorReadsAtItsOwnPace() throws Exception {
    LogCursor fast = log.cursor("fast", new CursorStart.End());
    LogCursor slow = log.cursor("slow", new CursorStart.End());
    for (int i = 0; i < 50; i++) {
      append("" + i);
    }
    finish(fast, read(fast, 50));
    assertThat(fast.backlog()).isZero();
    assertThat(slow.backlog()).isEqualTo(50);
    assertThat(texts(slow, 50)).hasSize(50).startsWith("0", "1").endsWith("49");
  }

  @Test
  void recordsForOneCursorAreNotReadByOthers() throws Exception {
    LogCursor a = log.cursor("a", new CursorStart.End());
    LogCursor b = log.cursor("b", new CursorStart.End());
    append("1");
    append(record("a", "for a"), record("b", "for b"), record("", "2"));
    append(record("nobody", "lost"));
    append("3");
    assertThat(a.backlog()).isEqualTo(4);
    assertThat(b.backlog()).isEqualTo(4);
    assertThat(texts(a, 4)).containsExactly("1", "for a", "2", "3");
    assertThat(texts(b, 4)).containsExactly("1", "for b", "2", "3");
  }

  @Test
  void limitsOfAReadHold() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    for (int i = 0; i < 10; i++) {
      append("x".repeat(1000));
    }
    read(cursor, 1);
    assertThat(cursor.read(3, ALL_BYTES)).hasSize(3);
    assertThat(cursor.read(100, 2500)).hasSizeBetween(1, 3);
    assertThat(cursor.read(100, 1)).hasSize(1);
  }

  @Test
  void aRecordIsReadAgainUntilItIsFinished() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    append("1");
    append("2");
    LogEntry entry = read(cursor, 2).getLast();
    assertThat(text(cursor.again(entry.offset()))).isEqualTo("2");
    cursor.finish(entry.offset());
    assertThatThrownBy(() -> cursor.again(entry.offset()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> cursor.again(entry.offset() + 1_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void backlogCountsWhatIsNotFinished() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    assertThat(cursor.backlogBytes()).isZero();
    for (int i = 0; i < 5; i++) {
      append("x".repeat(100));
    }
    List<LogEntry> entries = read(cursor, 3);
    assertThat(cursor.backlog()).isEqualTo(5);
    assertThat(cursor.backlogBytes()).isBetween(500L, 1500L);
    cursor.finish(entries.get(1).offset());
    cursor.finish(entries.get(1).offset());
    assertThat(cursor.backlog()).isEqualTo(4);
    finish(cursor, entries);
    finish(cursor, read(cursor, 2));
    assertThat(cursor.backlog()).isZero();
    assertThat(cursor.backlogBytes()).isZero();
  }

  @Test
  void seeksByOffset() throws Exception {
    log.cursor("keeper", new CursorStart.End());
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    append("1");
    long second = append("2");
    append("3");
    finish(cursor, read(cursor, 3));
    cursor.seek(new CursorStart.Offset(second));
    assertThat(texts(cursor, 2)).containsExactly("2", "3");
    assertThat(cursor.backlog()).isEqualTo(2);
    cursor.seek(new CursorStart.Beginning());
    assertThat(texts(cursor, 3)).containsExactly("1", "2", "3");
    cursor.seek(new CursorStart.End());
    assertThat(cursor.backlog()).isZero();
    append("4");
    assertThat(texts(cursor, 1)).containsExactly("4");
  }

  @Test
  void aCursorBeginsWhereItIsTold() throws Exception {
    log.cursor("keeper", new CursorStart.End());
    append("1");
    long second = append("2");
    append("3");
    assertThat(texts(log.cursor("b", new CursorStart.Beginning()), 3))
        .containsExactly("1", "2", "3");
    LogCursor offset = log.cursor("o", new CursorStart.Offset(second));
    assertThat(offset.backlog()).isEqualTo(2);
    assertThat(texts(offset, 2)).containsExactly("2", "3");
    LogCursor known = log.cursor("o", new CursorStart.Beginning());
    assertThat(known.read(10, ALL_BYTES)).isEmpty();
  }

  @Test
  void seeksByTime() throws Exception {
    LogCursor keeper = log.cursor("keeper", new CursorStart.End());
    for (int i = 0; i < 20; i++) {
      append("" + i);
      passTime();
    }
    List<LogEntry> entries = read(keeper, 20);
    for (LogEntry each : entries) {
      String expected =
          entries.stream()
              .filter(other -> other.timestamp() >= each.timestamp())
              .map(EventLogContract::text)
              .findFirst()
              .orElseThrow();
      keeper.seek(new CursorStart.Time(each.timestamp()));
      assertThat(texts(keeper, 1)).containsExactly(expected);
    }
    LogCursor none =
        log.cursor("late", new CursorStart.Time(entries.getLast().timestamp() + 86_400_000));
    assertThat(none.backlog()).isZero();
  }

  @Test
  void aDroppedCursorIsForgotten() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    log.cursor("b", new CursorStart.End());
    append("1");
    assertThat(log.cursors()).containsExactlyInAnyOrder("a", "b");
    log.drop("a");
    log.drop("a");
    assertThat(log.cursors()).containsExactly("b");
    assertThat(log.cursor("a", new CursorStart.End())).isNotSameAs(cursor);
    assertThat(log.cursor("a", new CursorStart.End()).backlog()).isZero();
  }

  @Test
  void aWaitingReaderIsToldOnce() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    List<String> told = new ArrayList<>();
    cursor.whenReadable(() -> told.add("told"));
    assertThat(told).isEmpty();
    append("1");
    append("2");
    read(cursor, 2);
    assertThat(told).containsExactly("told");
  }

  @Test
  void nothingIsLostBetweenReadingAndWaiting() throws Exception {
    int writers = 4;
    int each = 2_000;
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      int writer = w;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  log.append(List.of(record("", writer + "/" + i)), (outcome, offset) -> {});
                }
              }));
    }
    List<String> seen = new ArrayList<>();
    long last = -1;
    Random random = new Random(5);
    while (seen.size() < writers * each) {
      for (LogEntry entry : read(cursor, 1)) {
        assertThat(entry.offset()).isGreaterThan(last);
        last = entry.offset();
        seen.add(text(entry));
        cursor.finish(entry.offset());
      }
      for (LogEntry entry : cursor.read(1 + random.nextInt(64), ALL_BYTES)) {
        last = entry.offset();
        seen.add(text(entry));
        cursor.finish(entry.offset());
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(seen).hasSize(writers * each).doesNotHaveDuplicates();
    assertThat(cursor.backlog()).isZero();
  }

  @Test
  void finishingFromSeveralThreadsLosesNothing() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    int count = 4_000;
    for (int i = 0; i < count; i += 100) {
      LogRecord[] records = new LogRecord[100];
      Arrays.setAll(records, j -> record("", "" + j));
      append(records);
    }
    Set<Long> open = new ConcurrentSkipListSet<>();
    read(cursor, count).forEach(entry -> open.add(entry.offset()));
    List<Long> offsets = List.copyOf(open);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = thread; i < count; i += 4) {
                  cursor.finish(offsets.get(i));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(cursor.backlog()).isZero();
  }

  @Test
  void appendsAfterItIsClosedFail() throws Exception {
    log.close();
    CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
    log.append(List.of(record("", "late")), (how, _) -> outcome.complete(how));
    assertThat(outcome.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(AppendOutcome.FAILED);
  }

  @Test
  void statsTellWhatItHolds() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    long first = append("1");
    append("2");
    LogStats stats = log.stats();
    assertThat(stats.firstOffset()).isLessThanOrEqualTo(first);
    assertThat(stats.nextOffset()).isGreaterThan(first + 1);
    assertThat(stats.bytes()).isPositive();
    assertThat(stats.failed()).isFalse();
    Awaitility.await()
        .atMost(Duration.ofSeconds(SECONDS))
        .untilAsserted(() -> assertThat(log.stats().waitingBytes()).isZero());
    assertThat(cursor.name()).isEqualTo("a");
  }
}

package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.DurableEventLogContract;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelStorage.Breach;
import io.leat.proxy.table.ChannelStorage.Durability;
import io.leat.proxy.telemetry.SharedDurations;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log in files keeps the contract, and its own promises on files, limits and retention. */
final class SegmentedLogTest extends DurableEventLogContract {
  private final Workshop workshop = new Workshop();
  @TempDir Path folder;

  @Override
  protected EventLog open() throws IOException {
    return open(Workshop.options(folder.resolve("contract"), Workshop.SMALL));
  }

  @Override
  protected void passTime() {
    workshop.millis.addAndGet(10);
  }

  private SegmentedLog open(LogOptions options) throws IOException {
    return SegmentedLog.open(options, workshop.surroundings());
  }

  private LogOptions limited(Path directory, long maxBytes, Breach breach) {
    return new LogOptions(
        directory,
        Workshop.storage(Durability.OS, maxBytes, breach),
        Workshop.SMALL,
        LogOptions.Retain.NOTHING);
  }

  private static int files(Path directory) throws IOException {
    return (int) new NioFiles().names(directory).stream().filter(n -> n.endsWith(".log")).count();
  }

  @Test
  void everySyncIsTimedAndOthersAreNot() throws Exception {
    SharedDurations syncs = new SharedDurations();
    AtomicInteger reads = new AtomicInteger();
    Surroundings usual = workshop.surroundings();
    Surroundings timed =
        new Surroundings(
            usual.clock(),
            usual.threads(),
            usual.random(),
            () -> 200_000L * reads.getAndIncrement(),
            syncs,
            usual.rule());
    try (SegmentedLog log =
        SegmentedLog.open(Workshop.options(folder.resolve("timed"), Workshop.SMALL), timed)) {
      for (int i = 0; i < 3; i++) {
        Workshop.append(log, Workshop.record(new byte[10]));
      }
      assertThat(syncs.count()).isEqualTo(3);
    }
    try (SegmentedLog log =
        SegmentedLog.open(limited(folder.resolve("untimed"), 1 << 20, Breach.BLOCK), timed)) {
      Workshop.append(log, Workshop.record(new byte[10]));
      assertThat(syncs.count()).as("nothing is synced").isEqualTo(3);
    }
  }

  @Test
  void finishedFilesGo() throws Exception {
    Path directory = folder.resolve("retention");
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      LogCursor slow = log.cursor("slow", new CursorStart.End());
      LogCursor fast = log.cursor("fast", new CursorStart.End());
      for (int i = 0; i < 100; i++) {
        Workshop.append(log, Workshop.record(new byte[1_000]));
      }
      assertThat(files(directory)).isGreaterThan(5);
      Workshop.drain(fast).forEach(entry -> fast.finish(entry.offset()));
      List<LogEntry> entries = Workshop.drain(slow);
      assertThat(entries).hasSize(100);
      entries.subList(0, 99).forEach(entry -> slow.finish(entry.offset()));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(files(directory)).isEqualTo(1));
      assertThat(slow.again(entries.getLast().offset()).payload()).hasSize(1_000);
    }
  }

  @Test
  void readingInMemoryGivesWhatIsNewAndLeavesFilesToOthers() throws Exception {
    Path directory = folder.resolve("memory");
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      LogCursor first = log.cursor("first", new CursorStart.End());
      Workshop.append(log, Workshop.record(new byte[10]));
      List<LogEntry> entries = first.readInMemory(10, 1_000);
      assertThat(entries).hasSize(1);
      assertThat(first.readInMemory(10, 1_000)).isEmpty();
      first.finish(entries.getFirst().offset());

      // With the next append the log forgets what everybody has finished.
      Workshop.append(log, Workshop.record(new byte[10]));
      LogCursor late = log.cursor("late", new CursorStart.Beginning());
      assertThat(late.readInMemory(10, 1_000)).isEmpty();
      assertThat(Workshop.drain(late)).hasSize(2);
      assertThat(first.readInMemory(10, 1_000)).hasSize(1);
    }
  }

  @Test
  void withoutACursorOnlyTheNewestFileStays() throws Exception {
    Path directory = folder.resolve("nobody");
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      for (int i = 0; i < 100; i++) {
        Workshop.append(log, Workshop.record(new byte[1_000]));
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(files(directory)).isEqualTo(1));
      assertThat(log.stats().firstOffset()).isPositive();
    }
  }

  @Test
  void whatIsRetainedCanBeReplayed() throws Exception {
    Path directory = folder.resolve("retained");
    LogOptions options =
        new LogOptions(
            directory,
            Workshop.storage(Durability.OS, 1L << 40, Breach.BLOCK),
            Workshop.SMALL,
            new LogOptions.Retain(0, Duration.ofMinutes(1)));
    try (SegmentedLog log = open(options)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 0; i < 100; i++) {
        Workshop.append(log, Workshop.record(new byte[1_000]));
        Workshop.drain(cursor).forEach(entry -> cursor.finish(entry.offset()));
        workshop.millis.addAndGet(100);
      }
      cursor.seek(new CursorStart.Beginning());
      assertThat(Workshop.drain(cursor)).hasSize(100);
      cursor.seek(new CursorStart.Time(workshop.millis.get() - 1_000));
      assertThat(Workshop.drain(cursor)).hasSize(10);
      workshop.millis.addAndGet(Duration.ofMinutes(2).toMillis());
      Workshop.drain(cursor);
      cursor.seek(new CursorStart.End());
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(files(directory)).isEqualTo(1));
    }
  }

  @Test
  void beyondItsBytesItIsFullUntilTheSlowestFinishes() throws Exception {
    try (SegmentedLog log = open(limited(folder.resolve("full"), 64 << 10, Breach.BLOCK))) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      int taken = 0;
      while (Workshop.append(log, Workshop.record(new byte[1_000])) == AppendOutcome.DURABLE) {
        taken++;
      }
      assertThat(taken).isBetween(48, 65);
      assertThat(Workshop.append(log, Workshop.record(new byte[1_000])))
          .isEqualTo(AppendOutcome.FULL);
      assertThat(log.breached()).isEmpty();
      Workshop.drain(cursor).forEach(entry -> cursor.finish(entry.offset()));
      assertThat(Workshop.append(log, Workshop.record(new byte[1_000])))
          .isEqualTo(AppendOutcome.DURABLE);
    }
  }

  @Test
  void beyondItsAgeItIsFullUntilTheOldestIsFinished() throws Exception {
    try (SegmentedLog log = open(limited(folder.resolve("old"), 1 << 20, Breach.BLOCK))) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      LogRecord record = Workshop.record(new byte[10]);
      assertThat(Workshop.append(log, record)).isEqualTo(AppendOutcome.DURABLE);
      workshop.millis.addAndGet(Duration.ofDays(8).toMillis());
      assertThat(Workshop.append(log, record)).isEqualTo(AppendOutcome.FULL);
      assertThat(log.breached()).contains(new Breached("a", 0, 1));
      Workshop.drain(cursor).forEach(entry -> cursor.finish(entry.offset()));
      assertThat(Workshop.append(log, record)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(log.breached()).isEmpty();
    }
  }

  @Test
  void whoIsToDeadLetterLearnsWhatIsBeyondTheLimits() throws Exception {
    try (SegmentedLog log =
        open(limited(folder.resolve("letters"), 64 << 10, Breach.DEAD_LETTER))) {
      LogCursor slow = log.cursor("slow", new CursorStart.End());
      LogCursor fast = log.cursor("fast", new CursorStart.End());
      for (int i = 0; i < 200; i++) {
        assertThat(Workshop.append(log, Workshop.record(new byte[1_000])))
            .isEqualTo(AppendOutcome.DURABLE);
        Workshop.drain(fast).forEach(entry -> fast.finish(entry.offset()));
      }
      Breached breached = log.breached().orElseThrow();
      assertThat(breached.cursor()).isEqualTo("slow");
      assertThat(breached.from()).isZero();
      assertThat(breached.to()).isBetween(120L, 190L);
      Workshop.drain(slow).stream()
          .filter(entry -> entry.offset() < breached.to())
          .forEach(entry -> slow.finish(entry.offset()));
      assertThat(log.breached()).isEmpty();
    }
  }

  @Test
  void tooManyWaitingBytesAreFull() throws Exception {
    LogOptions.Sizes narrow = new LogOptions.Sizes(1 << 20, 4 << 10, 1 << 20, 10_000, 100);
    try (SegmentedLog log = open(Workshop.options(folder.resolve("narrow"), narrow))) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch inside = new CountDownLatch(1);
      cursor.whenReadable(() -> {
        inside.countDown();
        try {
          held.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      log.append(List.of(Workshop.record(new byte[10])), (_, _) -> {});
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      List<AppendOutcome> outcomes = new CopyOnWriteArrayList<>();
      for (int i = 0; i < 20; i++) {
        log.append(List.of(Workshop.record(new byte[1_000])), (how, _) -> outcomes.add(how));
      }
      assertThat(outcomes).hasSizeGreaterThan(9).containsOnly(AppendOutcome.FULL);
      held.countDown();
      Awaitility.await().until(() -> outcomes.size() == 20);
      assertThat(outcomes).contains(AppendOutcome.DURABLE);
    }
  }

  @Test
  void tooManyUnfinishedRecordsStopTheReaderUntilOneIsFinished() throws Exception {
    LogOptions.Sizes few = new LogOptions.Sizes(1 << 20, 4 << 10, 1 << 20, 1 << 20, 5);
    try (SegmentedLog log = open(Workshop.options(folder.resolve("few"), few))) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 0; i < 10; i++) {
        Workshop.append(log, Workshop.record(new byte[10]));
      }
      List<LogEntry> entries = Workshop.drain(cursor);
      assertThat(entries).hasSize(5);
      AtomicInteger told = new AtomicInteger();
      cursor.whenReadable(told::incrementAndGet);
      assertThat(told).hasValue(0);
      cursor.finish(entries.get(3).offset());
      assertThat(told).hasValue(1);
      assertThat(Workshop.drain(cursor)).hasSize(1);
    }
  }

  @Test
  void aRecordLargerThanAFileIsKept() throws Exception {
    Path directory = folder.resolve("large");
    byte[] large = new byte[3 << 20];
    large[large.length - 1] = 42;
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      log.cursor("a", new CursorStart.End());
      Workshop.append(log, Workshop.record(new byte[10]));
      Workshop.append(log, Workshop.record(large), Workshop.record(new byte[20]));
      Workshop.append(log, Workshop.record(new byte[30]));
    }
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      List<LogEntry> entries = Workshop.drain(log.cursor("a", new CursorStart.End()));
      assertThat(entries)
          .extracting(entry -> entry.payload().length)
          .containsExactly(10, 3 << 20, 20, 30);
      assertThat(entries.get(1).payload()).isEqualTo(large);
    }
  }

  @Test
  void aDirectoryInUseIsRefused() throws Exception {
    Path directory = folder.resolve("twice");
    try (SegmentedLog _ = open(Workshop.options(directory, Workshop.SMALL))) {
      assertThatThrownBy(() -> open(Workshop.options(directory, Workshop.SMALL)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void cursorsThatAreAheadOfACutLogMissNothing() throws Exception {
    Path directory = folder.resolve("ahead");
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 0; i < 10; i++) {
        Workshop.append(log, Workshop.record(new byte[10]));
      }
      Workshop.drain(cursor).forEach(entry -> cursor.finish(entry.offset()));
    }
    Path only = directory.resolve(Segment.name(0) + Segment.SUFFIX);
    try (FileChannel file = FileChannel.open(only, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
    Files.deleteIfExists(directory.resolve(Segment.name(0) + Segment.INDEX_SUFFIX));
    try (SegmentedLog log = open(Workshop.options(directory, Workshop.SMALL))) {
      assertThat(Workshop.append(log, Workshop.record(new byte[77])))
          .isEqualTo(AppendOutcome.DURABLE);
      List<LogEntry> entries = Workshop.drain(log.cursor("a", new CursorStart.End()));
      assertThat(entries).hasSize(1);
      assertThat(entries.getFirst().offset()).isGreaterThanOrEqualTo(10);
    }
  }
}

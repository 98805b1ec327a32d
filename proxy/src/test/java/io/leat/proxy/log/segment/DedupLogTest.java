package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Breach;
import io.leat.proxy.table.ChannelStorage.Dedup;
import io.leat.proxy.table.ChannelStorage.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log in files takes each record of its window once, whatever fails or ends meanwhile. */
@Timeout(60)
final class DedupLogTest {
  private static final long WINDOW = 10_000;
  private final Workshop workshop = new Workshop();
  private final FaultyFiles files = new FaultyFiles();
  private final AtomicInteger duplicates = new AtomicInteger();
  @TempDir Path folder;

  private SegmentedLog open(int events, long maxBytes) throws IOException {
    ChannelStorage storage =
        Workshop.storage(Durability.FSYNC, maxBytes, Breach.BLOCK)
            .with(new Dedup(Duration.ofMillis(WINDOW), events));
    LogOptions options = new LogOptions(folder, storage, Workshop.SMALL, LogOptions.Retain.NOTHING);
    return SegmentedLog.open(options, workshop.surroundings(), files);
  }

  private SegmentedLog open() throws IOException {
    return open(1_000, 1L << 40);
  }

  private static byte[] payload(int identity, int length) {
    byte[] payload = new byte[length];
    payload[0] = (byte) identity;
    return payload;
  }

  private static LogRecord record(int identity, int length) {
    return Workshop.record(payload(identity, length));
  }

  private CompletableFuture<AppendOutcome> send(SegmentedLog log, LogRecord... records) {
    CompletableFuture<AppendOutcome> done = new CompletableFuture<>();
    log.append(
        List.of(records),
        new AppendListener() {
          @Override
          public void appended(AppendOutcome outcome, long firstOffset) {
            done.complete(outcome);
          }

          @Override
          public void duplicates(int count) {
            duplicates.addAndGet(count);
          }
        });
    return done;
  }

  private AppendOutcome append(SegmentedLog log, LogRecord... records) throws Exception {
    return send(log, records).get(30, TimeUnit.SECONDS);
  }

  private static List<Integer> lengths(LogCursor cursor) {
    return Workshop.drain(cursor).stream().map(entry -> entry.payload().length).toList();
  }

  @Test
  void aDuplicateIsAcknowledgedAndNotKept() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(append(log, record(1, 10))).isEqualTo(AppendOutcome.DURABLE);
      assertThat(append(log, record(1, 11))).isEqualTo(AppendOutcome.DURABLE);
      assertThat(append(log, record(2, 12), record(1, 13), record(3, 14), record(2, 15)))
          .isEqualTo(AppendOutcome.DURABLE);
      assertThat(append(log, record(0, 16), record(0, 17))).isEqualTo(AppendOutcome.DURABLE);
      LogRecord own = new LogRecord((byte) 1, "a", payload(1, 18));
      assertThat(append(log, own)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(lengths(cursor)).containsExactly(10, 12, 14, 16, 17, 18);
      assertThat(duplicates).hasValue(3);
      assertThat(log.stats().waitingBytes()).isZero();
    }
  }

  @Test
  void theWindowEndsByTheClock() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      append(log, record(1, 10));
      workshop.millis.addAndGet(WINDOW - 1);
      append(log, record(1, 11));
      workshop.millis.addAndGet(1);
      append(log, record(1, 12));
      append(log, record(1, 13));
      assertThat(lengths(cursor)).containsExactly(10, 12);
    }
  }

  @Test
  void theNewestAreRememberedUpToTheBound() throws Exception {
    try (SegmentedLog log = open(2, 1L << 40)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 1; i <= 3; i++) {
        append(log, record(i, 10 + i));
      }
      append(log, record(3, 20));
      append(log, record(2, 21));
      append(log, record(1, 22));
      assertThat(lengths(cursor)).containsExactly(11, 12, 13, 22);
    }
  }

  @Test
  void survivesARestartAlsoWhenEverythingWasFinished() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      append(log, record(1, 10));
      workshop.millis.addAndGet(WINDOW / 2);
      // Several files, all of them finished.
      for (int i = 0; i < 10; i++) {
        append(log, record(2 + i, 10_000));
      }
      for (LogEntry each : Workshop.drain(cursor)) {
        cursor.finish(each.offset());
      }
      workshop.millis.addAndGet(2_000);
    }
    try (SegmentedLog log = open()) {
      assertThat(log.cursors()).isEqualTo(Set.of("a"));
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 1; i <= 11; i++) {
        assertThat(append(log, record(i, 5))).isEqualTo(AppendOutcome.DURABLE);
      }
      assertThat(duplicates).hasValue(11);
      assertThat(lengths(cursor)).isEmpty();
      workshop.millis.addAndGet(WINDOW / 2 - 2_000);
      append(log, record(1, 6));
      append(log, record(2, 7));
      assertThat(lengths(cursor)).containsExactly(6);
    }
  }

  @Test
  void filesStayAsLongAsTheirWindowAndNoMoreBytesThanTheLimit() throws Exception {
    try (SegmentedLog log = open(1_000, 40_000)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 1; i <= 20; i++) {
        assertThat(append(log, record(i, 10_000))).isEqualTo(AppendOutcome.DURABLE);
        for (LogEntry each : Workshop.drain(cursor)) {
          cursor.finish(each.offset());
        }
      }
      workshop.millis.addAndGet(2_000);
      await().until(() -> log.stats().bytes() < 100_000);
      assertThat(log.stats().bytes()).isGreaterThan(30_000);
      workshop.millis.addAndGet(WINDOW);
      await()
          .untilAsserted(() -> {
            workshop.millis.addAndGet(1_000);
            cursor.seek(new CursorStart.End());
            assertThat(log.stats().bytes()).isLessThan(40_000);
          });
    }
  }

  @Test
  void aTryThatWasNotDurableMakesNoDuplicate() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      append(log, record(9, 9));
      files.forceFails = true;
      assertThat(append(log, record(1, 10))).isEqualTo(AppendOutcome.FAILED);
      files.forceFails = false;
      workshop.millis.addAndGet(9_000);
      await().until(() -> !log.stats().failed());
      files.space = 0;
      assertThat(append(log, record(2, 11))).isEqualTo(AppendOutcome.NO_SPACE);
      files.space = Long.MAX_VALUE;
      assertThat(append(log, record(1, 12))).isEqualTo(AppendOutcome.DURABLE);
      assertThat(append(log, record(2, 13))).isEqualTo(AppendOutcome.DURABLE);
      assertThat(append(log, record(9, 14))).isEqualTo(AppendOutcome.DURABLE);
      assertThat(lengths(cursor)).containsExactly(9, 12, 13);
      assertThat(duplicates).hasValue(1);
    }
  }

  @Test
  void aDuplicateOfOneThatIsBeingSyncedWaitsForItAndSharesItsFate() throws Exception {
    for (boolean fails : new boolean[] {false, true}) {
      files.forceFails = false;
      workshop.millis.addAndGet(2 * WINDOW);
      try (SegmentedLog log = open()) {
        LogCursor cursor = log.cursor("a" + fails, new CursorStart.End());
        append(log, record(9, 9));
        CountDownLatch gate = new CountDownLatch(1);
        files.forceWaitsFor = gate;
        int forces = files.forces.get();
        CompletableFuture<AppendOutcome> before = send(log, record(8, 8));
        await().until(() -> files.forces.get() > forces);
        // Both of these are of the next group, or the second of the one after it.
        List<CompletableFuture<AppendOutcome>> same = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          same.add(send(log, record(8, 20 + i)));
          same.add(send(log, record(1, 30 + i)));
        }
        assertThat(before.isDone()).isFalse();
        assertThat(same).noneMatch(CompletableFuture::isDone);
        files.forceFails = fails;
        gate.countDown();
        AppendOutcome expected = fails ? AppendOutcome.FAILED : AppendOutcome.DURABLE;
        assertThat(before.get(30, TimeUnit.SECONDS)).isEqualTo(expected);
        for (CompletableFuture<AppendOutcome> each : same) {
          assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo(expected);
        }
        assertThat(lengths(cursor)).isEqualTo(fails ? List.of(9) : List.of(9, 8, 30));
      } finally {
        files.forceWaitsFor = new CountDownLatch(0);
      }
    }
  }
}

package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.MemoryLog;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that a cursor takes ahead of those before them. */
@Timeout(300)
final class TakingAheadTest {
  private final Workshop workshop = new Workshop();
  @TempDir Path folder;

  private EventLog open(boolean files) throws Exception {
    return files
        ? SegmentedLog.open(Workshop.options(folder, Workshop.SMALL), workshop.surroundings())
        : new MemoryLog(1L << 30, Clock.systemUTC());
  }

  private static LogRecord own(int size) {
    return new LogRecord((byte) 2, "a", new byte[size]);
  }

  private static long append(EventLog log, LogRecord record) throws Exception {
    CompletableFuture<Long> done = new CompletableFuture<>();
    log.append(
        List.of(record),
        (outcome, offset) -> done.complete(outcome == AppendOutcome.DURABLE ? offset : -1));
    return done.get(60, TimeUnit.SECONDS);
  }

  private static List<Integer> sizes(List<LogEntry> entries) {
    return entries.stream().map(each -> each.payload().length).toList();
  }

  @ParameterizedTest(name = "files: {0}")
  @ValueSource(booleans = {true, false})
  void whatIsTakenIsNotReadAgainAndHoldsUntilItIsFinished(boolean files) throws Exception {
    try (EventLog log = open(files)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      append(log, Workshop.record(new byte[10]));
      append(log, Workshop.record(new byte[11]));
      long ahead = append(log, own(20));
      long other = append(log, new LogRecord((byte) 2, "b", new byte[30]));
      append(log, Workshop.record(new byte[12]));
      assertThat(cursor.take(other, new LogRecord((byte) 2, "b", new byte[30]))).isFalse();
      assertThat(cursor.take(ahead + 100, own(20))).isFalse();
      assertThat(cursor.take(ahead, own(20))).isTrue();
      assertThat(cursor.take(ahead, own(20))).isFalse();
      assertThat(cursor.again(ahead).payload()).hasSize(20);
      assertThat(cursor.backlog()).isEqualTo(4);
      cursor.finish(ahead);
      assertThat(cursor.backlog()).isEqualTo(3);
      assertThat(cursor.take(ahead, own(20))).isFalse();
      assertThat(sizes(Workshop.drain(cursor))).containsExactly(10, 11, 12);
      assertThat(cursor.take(ahead, own(20))).isFalse();
    }
  }

  @Test
  void afterARestartWhatWasFinishedAheadIsPassedAndTheRestIsReadInOrder() throws Exception {
    try (EventLog log = open(true)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      append(log, Workshop.record(new byte[10]));
      long finished = append(log, own(20));
      long taken = append(log, own(21));
      append(log, Workshop.record(new byte[11]));
      cursor.take(finished, own(20));
      cursor.take(taken, own(21));
      cursor.finish(finished);
    }
    try (EventLog log = open(true)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(cursor.backlog()).isEqualTo(3);
      assertThat(cursor.take(1, own(20))).isFalse();
      assertThat(sizes(Workshop.drain(cursor))).containsExactly(10, 21, 11);
      assertThat(cursor.backlog()).isEqualTo(3);
    }
  }

  @Test
  void whileItIsReadNothingIsReadTwiceAndNothingIsMissed() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<Long, Integer> seen = new TreeMap<>();
    List<Long> all = new ArrayList<>();
    for (int life = 0; life < 4; life++) {
      try (EventLog log = open(true)) {
        LogCursor cursor = log.cursor("a", new CursorStart.End());
        ConcurrentLinkedQueue<Long> read = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread reader =
            Thread.ofPlatform()
                .start(() -> {
                  while (true) {
                    boolean last = over.get();
                    List<LogEntry> some = cursor.read(5, 1 << 20);
                    some.forEach(each -> {
                      cursor.finish(each.offset());
                      read.add(each.offset());
                    });
                    if (last && some.isEmpty()) {
                      return;
                    }
                  }
                });
        for (int i = 0; i < 500; i++) {
          boolean own = random.nextBoolean();
          int size = random.nextInt(300);
          long offset = append(log, own ? own(size) : Workshop.record(new byte[size]));
          all.add(offset);
          if (own && cursor.take(offset, own(size))) {
            cursor.finish(offset);
            read.add(offset);
          }
        }
        over.set(true);
        reader.join();
        read.forEach(each -> seen.merge(each, 1, Integer::sum));
        assertThat(cursor.backlog()).as("seed %s", seed).isZero();
      }
    }
    assertThat(seen.keySet()).as("seed %s", seed).containsExactlyElementsOf(all);
    assertThat(seen.values()).as("seed %s", seed).containsOnly(1);
  }
}

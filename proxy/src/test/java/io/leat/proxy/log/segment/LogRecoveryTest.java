package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of many files is the same again with the indexes of its files and without. */
final class LogRecoveryTest {
  private static final int RECORDS = 200_000;
  private static final int TOGETHER = 1_000;
  private static final LogOptions.Sizes SIZES =
      new LogOptions.Sizes(1 << 20, 64 << 10, 1 << 20, 64 << 20, 1 << 16);

  private final FaultyFiles files = new FaultyFiles();
  @TempDir Path folder;

  private SegmentedLog open() throws IOException {
    files.forceIsFree = true;
    return SegmentedLog.open(Workshop.options(folder, SIZES), new Workshop().surroundings(), files);
  }

  private void write() throws Exception {
    CountDownLatch durable = new CountDownLatch(RECORDS / TOGETHER);
    try (SegmentedLog log = open()) {
      log.cursor("a", new CursorStart.End());
      for (int i = 0; i < RECORDS; i += TOGETHER) {
        List<LogRecord> records = new ArrayList<>();
        for (int r = 0; r < TOGETHER; r++) {
          byte[] payload = new byte[20];
          ByteBuffer.wrap(payload).putInt(i + r);
          records.add(Workshop.record(payload));
        }
        log.append(
            records,
            (outcome, _) -> {
              if (outcome == AppendOutcome.DURABLE) {
                durable.countDown();
              }
            });
      }
      assertThat(durable.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void checkFrom(int first, int finish) throws IOException {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(cursor.backlog()).isEqualTo(RECORDS - first);
      assertThat(log.stats().nextOffset()).isEqualTo(RECORDS);
      int expected = first;
      for (List<LogEntry> some = cursor.read(1_000, 1 << 20);
          !some.isEmpty();
          some = cursor.read(1_000, 1 << 20)) {
        for (LogEntry each : some) {
          assertThat(ByteBuffer.wrap(each.payload()).getInt()).isEqualTo(expected++);
          if (each.offset() < finish) {
            cursor.finish(each.offset());
          }
        }
        if (expected - finish >= 60_000) {
          return;
        }
      }
      assertThat(expected).isEqualTo(RECORDS);
    }
  }

  @Test
  void everythingIsThereWithAndWithoutIndexes() throws Exception {
    write();
    checkFrom(0, 70_000);
    List<String> indexes =
        files.names(folder).stream().filter(n -> n.endsWith(Segment.INDEX_SUFFIX)).toList();
    assertThat(indexes).hasSizeGreaterThan(3);
    for (String each : indexes) {
      Files.delete(folder.resolve(each));
    }
    checkFrom(70_000, 150_000);
    // Damaged indexes count as none.
    for (String each : files.names(folder)) {
      if (each.endsWith(Segment.INDEX_SUFFIX)) {
        byte[] bytes = Files.readAllBytes(folder.resolve(each));
        bytes[bytes.length / 2] ^= 1;
        Files.write(folder.resolve(each), bytes);
      }
    }
    checkFrom(150_000, RECORDS);
  }
}

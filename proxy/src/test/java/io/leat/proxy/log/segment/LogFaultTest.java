package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a log does when its device fails, is full, or may not be written. */
@Timeout(300)
final class LogFaultTest {
  private final Workshop workshop = new Workshop();
  private final FaultyFiles files = new FaultyFiles();
  @TempDir Path folder;

  private SegmentedLog open() throws IOException {
    return SegmentedLog.open(
        Workshop.options(folder, Workshop.SMALL), workshop.surroundings(), files);
  }

  private static AppendOutcome append(SegmentedLog log, int size) throws Exception {
    return Workshop.append(log, Workshop.record(new byte[size]));
  }

  private static List<Integer> sizes(LogCursor cursor) {
    return Workshop.drain(cursor).stream().map(entry -> entry.payload().length).toList();
  }

  private void mended(SegmentedLog log) {
    workshop.millis.addAndGet(10_000);
    await().until(() -> !log.stats().failed());
  }

  @Test
  void aFailedSyncFailsTheLogUntilItIsMended() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(append(log, 1)).isEqualTo(AppendOutcome.DURABLE);
      files.forceFails = true;
      assertThat(append(log, 2)).isEqualTo(AppendOutcome.FAILED);
      files.forceFails = false;
      assertThat(append(log, 3)).isEqualTo(AppendOutcome.FAILED);
      assertThat(log.stats().failed()).isTrue();
      assertThat(log.failure().orElseThrow()).contains("injected: force");
      assertThat(sizes(cursor)).containsExactly(1);
      mended(log);
      assertThat(log.failure()).isEmpty();
      assertThat(append(log, 4)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(4);
      assertThat(log.damaged()).isZero();
    }
    Files.deleteIfExists(folder.resolve(Segment.name(0) + Segment.INDEX_SUFFIX));
    try (SegmentedLog log = open()) {
      assertThat(sizes(log.cursor("a", new CursorStart.End()))).containsExactly(1, 4);
    }
  }

  @Test
  void aSyncThatFailsBeforeAnythingIsAcknowledgedIsMended() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      files.forceFails = true;
      assertThat(append(log, 1)).isEqualTo(AppendOutcome.FAILED);
      files.forceFails = false;
      mended(log);
      assertThat(append(log, 2)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(2);
    }
  }

  @Test
  void whateverFailsExactlyWhatWasAcknowledgedIsThere() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Integer> acknowledged = new ArrayList<>();
    try (SegmentedLog log = open()) {
      log.cursor("a", new CursorStart.End());
      for (int i = 1; i <= 300; i++) {
        boolean fails = random.nextInt(8) == 0;
        files.forceFails = fails && random.nextBoolean();
        files.writeFails = fails && !files.forceFails;
        if (append(log, 100 + i) == AppendOutcome.DURABLE) {
          acknowledged.add(100 + i);
        }
        files.forceFails = false;
        files.writeFails = false;
        if (log.stats().failed()) {
          mended(log);
        }
      }
      assertThat(log.damaged()).isZero();
    }
    for (String each : new NioFiles().names(folder)) {
      if (each.endsWith(Segment.INDEX_SUFFIX)) {
        Files.delete(folder.resolve(each));
      }
    }
    assertThat(acknowledged).as("seed %s", seed).hasSizeBetween(1, 299);
    try (SegmentedLog log = open()) {
      assertThat(sizes(log.cursor("a", new CursorStart.End())))
          .as("seed %s", seed)
          .isEqualTo(acknowledged);
      assertThat(log.damaged()).isZero();
    }
  }

  @Test
  void whileTheDeviceFailsTheLogStaysFailed() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(append(log, 1)).isEqualTo(AppendOutcome.DURABLE);
      files.forceFails = true;
      assertThat(append(log, 2)).isEqualTo(AppendOutcome.FAILED);
      for (int i = 0; i < 3; i++) {
        int before = files.forces.get();
        workshop.millis.addAndGet(10_000);
        await().until(() -> files.forces.get() > before);
        assertThat(append(log, 3)).isEqualTo(AppendOutcome.FAILED);
      }
      files.forceFails = false;
      mended(log);
      assertThat(append(log, 4)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(1, 4);
    }
  }

  @Test
  void whereCursorsStandSurvivesASyncThatFailed() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      for (int i = 1; i <= 3; i++) {
        assertThat(append(log, i)).isEqualTo(AppendOutcome.DURABLE);
      }
      List<LogEntry> entries = Workshop.drain(cursor);
      files.forceFails = true;
      cursor.finish(entries.get(0).offset());
      cursor.finish(entries.get(1).offset());
      await()
          .until(() -> {
            workshop.millis.addAndGet(2_000);
            return log.stats().failed();
          });
      files.forceFails = false;
      mended(log);
      assertThat(append(log, 4)).isEqualTo(AppendOutcome.DURABLE);
    }
    try (SegmentedLog log = open()) {
      assertThat(sizes(log.cursor("a", new CursorStart.End()))).containsExactly(3, 4);
    }
  }

  @Test
  void withoutSpaceAppendsAreRefusedAndTakenAgainWhenThereIsSome() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(append(log, 100)).isEqualTo(AppendOutcome.DURABLE);
      for (long space : new long[] {0, 1, 31, 500, 1_500}) {
        files.space = space;
        assertThat(append(log, 2_000)).as("space %s", space).isEqualTo(AppendOutcome.NO_SPACE);
      }
      assertThat(log.stats().failed()).isFalse();
      files.space = Long.MAX_VALUE;
      assertThat(append(log, 200)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(100, 200);
    }
    try (SegmentedLog log = open()) {
      assertThat(sizes(log.cursor("a", new CursorStart.End()))).containsExactly(100, 200);
    }
  }

  @Test
  void withoutSpaceForAnotherFileItRecoversToo() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      assertThat(append(log, 15_000)).isEqualTo(AppendOutcome.DURABLE);
      files.space = 5_000;
      assertThat(append(log, 10_000)).isEqualTo(AppendOutcome.NO_SPACE);
      assertThat(append(log, 10_000)).isEqualTo(AppendOutcome.NO_SPACE);
      files.space = Long.MAX_VALUE;
      assertThat(append(log, 10_001)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(15_000, 10_001);
    }
  }

  @Test
  void aFullDeviceCanBeOpenedAndRead() throws Exception {
    try (SegmentedLog log = open()) {
      log.cursor("a", new CursorStart.End());
      append(log, 100);
    }
    Files.deleteIfExists(folder.resolve(Segment.name(0) + Segment.INDEX_SUFFIX));
    files.space = 0;
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      List<LogEntry> entries = Workshop.drain(cursor);
      assertThat(entries).hasSize(1);
      assertThat(append(log, 1)).isEqualTo(AppendOutcome.NO_SPACE);
      cursor.finish(entries.getFirst().offset());
      files.space = Long.MAX_VALUE;
      assertThat(append(log, 2)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(2);
    }
  }

  @Test
  void shortWritesAreCompleted() throws Exception {
    files.mostPerWrite = 7;
    try (SegmentedLog log = open()) {
      log.cursor("a", new CursorStart.End());
      for (int i = 1; i <= 40; i++) {
        assertThat(append(log, i)).isEqualTo(AppendOutcome.DURABLE);
      }
    }
    try (SegmentedLog log = open()) {
      assertThat(sizes(log.cursor("a", new CursorStart.End()))).hasSize(40).startsWith(1, 2);
    }
  }

  @Test
  void aDirectoryThatBecomesReadOnlyFailsTheLogAtItsNextFile() throws Exception {
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      append(log, 15_000);
      files.readOnly = true;
      assertThat(append(log, 10_000)).isEqualTo(AppendOutcome.FAILED);
      assertThat(log.failure().orElseThrow()).contains(folder.toString()).contains("AccessDenied");
      assertThat(sizes(cursor)).containsExactly(15_000);
      files.readOnly = false;
      mended(log);
      assertThat(append(log, 10_000)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(10_000);
    }
  }

  @Test
  void aReadOnlyDirectoryIsRefusedByName() {
    files.readOnly = true;
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("AccessDenied");
  }

  @Test
  void aFileInThePlaceOfTheDirectoryIsRefusedByName() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() ->
            SegmentedLog.open(Workshop.options(file, Workshop.SMALL), workshop.surroundings()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aFailedSyncOfACursorIsToldToWhoMakesIt() throws Exception {
    try (SegmentedLog log = open()) {
      files.forceFails = true;
      assertThatThrownBy(() -> log.cursor("a", new CursorStart.End()))
          .hasMessageContaining("cursor a");
      files.forceFails = false;
      assertThat(log.cursors()).isEmpty();
      log.cursor("b", new CursorStart.End());
    }
    try (SegmentedLog log = open()) {
      assertThat(log.cursors()).containsExactly("b");
    }
  }

  @Test
  void damageInACompleteFileIsPassedOver() throws Exception {
    try (SegmentedLog log = open()) {
      log.cursor("a", new CursorStart.End());
      for (int i = 0; i < 40; i++) {
        append(log, 1_000 + i);
      }
    }
    Path first = folder.resolve(Segment.name(0) + Segment.SUFFIX);
    byte[] bytes = Files.readAllBytes(first);
    long start = new SegmentHeader(0, 0, Totals.ZERO).dataStart();
    bytes[(int) start + 1_500] ^= 4;
    // The length of the sixth.
    bytes[(int) start + 5 * (1_000 + Frame.HEAD) + 10 + 1] ^= 64;
    Files.write(first, bytes);
    try (SegmentedLog log = open()) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      List<Integer> sizes = sizes(cursor);
      assertThat(sizes).hasSize(38).doesNotContain(1_001, 1_005).contains(1_000, 1_002, 1_006);
      assertThat(log.damaged()).isEqualTo(2);
      assertThat(cursor.read(1, 1)).isEmpty();
      assertThat(append(log, 5)).isEqualTo(AppendOutcome.DURABLE);
      assertThat(sizes(cursor)).containsExactly(5);
    }
  }
}

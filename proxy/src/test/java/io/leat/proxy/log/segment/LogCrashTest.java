package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A log that is cut and damaged at random, in the file that was written last, is opened with every
 * record that was acknowledged and whose bytes are intact, and with no other bytes than were
 * appended. Rounds: {@code -Dleat.log.rounds}, 1,000 by default.
 */
final class LogCrashTest {
  private static final int ROUNDS = Integer.getInteger("leat.log.rounds", 1_000);
  private static final LogOptions.Sizes SIZES =
      new LogOptions.Sizes(32 << 10, 4 << 10, 8 << 10, 1 << 20, 1 << 16);

  @TempDir Path folder;
  private final Workshop workshop = new Workshop();
  private final FaultyFiles files = new FaultyFiles();

  @BeforeAll
  static void damageIsExpected() {
    logger().setLevel(Level.OFF);
  }

  @AfterAll
  static void damageIsTold() {
    logger().setLevel(null);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(SegmentedLog.class);
  }

  /** One record that was acknowledged, and where its frame lies. */
  private record Kept(long offset, int batch, Path file, long from, long to) {}

  /** What a history left behind. */
  private static final class History {
    final Map<Long, byte[]> payloads = new TreeMap<>();
    final Map<Long, Integer> batches = new HashMap<>();
    final Map<Integer, Integer> batchSizes = new HashMap<>();
    final Set<Long> finished = new HashSet<>();
  }

  @Test
  void whatWasAcknowledgedAndIsIntactIsRead() throws Exception {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("LogCrashTest seed " + seed + ", " + ROUNDS + " rounds");
    Random seeds = new Random(seed);
    files.forceIsFree = true;
    for (int round = 0; round < ROUNDS; ) {
      Path origin = folder.resolve("origin-" + round);
      History history = write(origin, new Random(seeds.nextLong()));
      for (int copy = 0; copy < 20 && round < ROUNDS; copy++, round++) {
        Path directory = folder.resolve("copy");
        copy(origin, directory);
        long roundSeed = seeds.nextLong();
        check(directory, history, new Random(roundSeed), "seed " + seed + " round " + round);
        delete(directory);
      }
      delete(origin);
    }
  }

  private History write(Path directory, Random random) throws Exception {
    History history = new History();
    try (SegmentedLog log = open(directory)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      int appends = 20 + random.nextInt(60);
      for (int batch = 0; batch < appends; ) {
        int together = Math.min(appends - batch, 1 + random.nextInt(6));
        CountDownLatch done = new CountDownLatch(together);
        for (int i = 0; i < together; i++, batch++) {
          append(log, history, batch, random, done);
        }
        done.await();
        if (random.nextInt(3) == 0) {
          for (LogEntry entry : cursor.read(random.nextInt(10), 1 << 20)) {
            if (random.nextBoolean()) {
              cursor.finish(entry.offset());
              history.finished.add(entry.offset());
            }
          }
        }
      }
    }
    return history;
  }

  private static void append(
      SegmentedLog log, History history, int batch, Random random, CountDownLatch done) {
    List<LogRecord> records = new ArrayList<>();
    int count = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[4 + random.nextInt(random.nextInt(10) == 0 ? 5_000 : 300)];
      random.nextBytes(payload);
      records.add(Workshop.record(seal(payload)));
    }
    log.append(
        records,
        (outcome, first) -> {
          assertThat(outcome).isEqualTo(AppendOutcome.DURABLE);
          synchronized (history) {
            for (int i = 0; i < count; i++) {
              history.payloads.put(first + i, records.get(i).payload());
              history.batches.put(first + i, batch);
            }
            history.batchSizes.put(batch, count);
          }
          done.countDown();
        });
  }

  /** Puts a checksum of its own into the payload. */
  private static byte[] seal(byte[] payload) {
    ByteBuffer.wrap(payload).putInt(0, crc(payload));
    return payload;
  }

  private static int crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload, 4, payload.length - 4);
    return (int) crc.getValue();
  }

  private SegmentedLog open(Path directory) throws IOException {
    return SegmentedLog.open(Workshop.options(directory, SIZES), workshop.surroundings(), files);
  }

  private void check(Path directory, History history, Random random, String what) throws Exception {
    List<Kept> kept = frames(directory, history);
    Path last = kept.getLast().file();
    byte[] before = Files.readAllBytes(last);
    byte[] after = damage(before, random, kept, last);
    Files.write(last, after);
    // A process that dies leaves no index of the file that it wrote.
    Files.deleteIfExists(
        last.resolveSibling(
            last.getFileName().toString().replace(Segment.SUFFIX, Segment.INDEX_SUFFIX)));
    Set<Long> expected = expected(kept, last, before, after);
    try (SegmentedLog log = open(directory)) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      Set<Long> read = new HashSet<>();
      long newest = -1;
      for (LogEntry entry : Workshop.drain(cursor)) {
        assertThat(entry.offset()).as(what).isGreaterThan(newest);
        newest = entry.offset();
        assertThat(entry.payload()).as(what).isEqualTo(history.payloads.get(newest));
        assertThat(history.finished).as(what).doesNotContain(newest);
        read.add(newest);
      }
      if (isCut(before, after)) {
        assertWhole(read, history, what);
      }
      expected.removeAll(history.finished);
      assertThat(read).as(what).containsAll(expected);
      assertThat(cursor.backlog()).as(what).isEqualTo(read.size());
      byte[] fresh = seal(new byte[50]);
      assertThat(Workshop.append(log, Workshop.record(fresh))).isEqualTo(AppendOutcome.DURABLE);
      List<LogEntry> more = Workshop.drain(cursor);
      assertThat(more).as(what).hasSize(1);
      assertThat(more.getFirst().payload()).as(what).isEqualTo(fresh);
      assertThat(more.getFirst().offset()).as(what).isGreaterThan(newest);
    }
  }

  /** Whether nothing but the end is missing. */
  private static boolean isCut(byte[] before, byte[] after) {
    int same = Arrays.mismatch(before, after);
    return same < 0 || IntStream.range(same, after.length).allMatch(i -> after[i] == 0);
  }

  /** Of what was appended as one everything is read, or nothing. */
  private static void assertWhole(Set<Long> read, History history, String what) {
    Map<Integer, Integer> found = new HashMap<>();
    for (Map.Entry<Long, Integer> each : history.batches.entrySet()) {
      if (read.contains(each.getKey())) {
        found.merge(each.getValue(), 1, Integer::sum);
      }
    }
    found.forEach((batch, count) -> {
      long finished =
          history.finished.stream().filter(o -> batch.equals(history.batches.get(o))).count();
      assertThat(count + finished)
          .as("%s, append %s", what, batch)
          .isEqualTo(history.batchSizes.getOrDefault(batch, 0).longValue());
    });
  }

  /** Cuts the file, flips bits behind its headers, or both. */
  private static byte[] damage(byte[] bytes, Random random, List<Kept> kept, Path last) {
    int from =
        (int) kept.stream().filter(k -> k.file().equals(last)).findFirst().orElseThrow().from();
    byte[] damaged = bytes;
    int how = random.nextInt(4);
    if (how != 1) {
      damaged = Arrays.copyOf(bytes, from + random.nextInt(bytes.length - from + 1));
    }
    if (how == 2) {
      // What the file was extended with.
      damaged = Arrays.copyOf(damaged, damaged.length + random.nextInt(5_000));
    }
    if (how != 0 && damaged.length > from) {
      damaged = damaged.clone();
      int flips = 1 + random.nextInt(3);
      for (int i = 0; i < flips; i++) {
        damaged[from + random.nextInt(damaged.length - from)] ^= (byte) (1 << random.nextInt(8));
      }
      // A header page may be damaged as well: there are two.
      damaged[random.nextInt(from / 2)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }

  /** Where each frame lies, found by the lengths alone. */
  private static List<Kept> frames(Path directory, History history) throws IOException {
    List<Kept> kept = new ArrayList<>();
    for (String name : new NioFiles().names(directory)) {
      if (!name.endsWith(Segment.SUFFIX)) {
        continue;
      }
      Path file = directory.resolve(name);
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      int at = 2 * 4096;
      while (at + Frame.HEAD <= bytes.capacity() && bytes.getInt(at) > 0) {
        long offset = bytes.getLong(at + Frame.AT_OFFSET);
        int to = at + bytes.getInt(at);
        kept.add(new Kept(offset, history.batches.getOrDefault(offset, -1), file, at, to));
        at = to;
      }
    }
    assertThat(kept).extracting(Kept::offset).containsExactlyElementsOf(history.payloads.keySet());
    return kept;
  }

  /** A record counts when it is intact, and the rest of its append too or something after it. */
  private static Set<Long> expected(List<Kept> kept, Path last, byte[] before, byte[] after) {
    Set<Long> intact = new HashSet<>();
    Map<Integer, Boolean> whole = new HashMap<>();
    long confirmed = 0;
    for (Kept each : kept) {
      boolean isIntact =
          !each.file().equals(last)
              || (each.to() <= after.length
                  && Arrays.equals(
                      before,
                      (int) each.from(),
                      (int) each.to(),
                      after,
                      (int) each.from(),
                      (int) each.to()));
      whole.merge(each.batch(), isIntact, Boolean::logicalAnd);
      if (isIntact) {
        intact.add(each.offset());
        ByteBuffer head = ByteBuffer.wrap(before);
        if (each.file().equals(last)) {
          int behind = head.getInt((int) each.from() + Frame.AT_BEHIND);
          confirmed = Math.max(confirmed, each.offset() - behind);
        }
      }
    }
    Set<Long> expected = new HashSet<>();
    for (Kept each : kept) {
      boolean counts =
          !each.file().equals(last)
              || each.offset() < confirmed
              || whole.getOrDefault(each.batch(), false);
      if (counts && intact.contains(each.offset())) {
        expected.add(each.offset());
      }
    }
    return expected;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : new NioFiles().names(from)) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  private static void delete(Path directory) throws IOException {
    for (String name : new NioFiles().names(directory)) {
      Files.delete(directory.resolve(name));
    }
    Files.delete(directory);
  }
}

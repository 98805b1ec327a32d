package io.leat.proxy.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every record that was acknowledged is read after kill -9, at whatever moment it comes, also with
 * rubbish at the end of the last file. Rounds: {@code -Dleat.log.kills}, 10 by default.
 */
final class LogKillIT {
  private static final int ROUNDS = Integer.getInteger("leat.log.kills", 10);
  private static final int MOST_LINES = 3_000;

  @TempDir Path folder;

  @Test
  void acknowledgedRecordsSurviveKill() throws Exception {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("LogKillIT seed " + seed);
    Random random = new Random(seed);
    Set<Long> acknowledged = new HashSet<>();
    long all = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = acknowledged.size();
      runAndKill(random, (long) round << 32, acknowledged);
      all += acknowledged.size() - before;
      if (random.nextBoolean()) {
        addRubbish(random);
      }
      check(random, acknowledged, "seed " + seed + " round " + round);
    }
    System.out.println("LogKillIT " + ROUNDS + " kills, " + all + " records acknowledged");
    assertThat(all).isPositive();
  }

  private void runAndKill(Random random, long firstId, Set<Long> acknowledged) throws Exception {
    int lines = random.nextInt(MOST_LINES);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                KilledAppender.class.getName(),
                folder.toString(),
                Long.toString(random.nextLong()),
                Long.toString(firstId))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      // Through the handle, because the process itself would close its output before it was read.
      ProcessHandle handle = process.toHandle();
      int heard = 0;
      if (lines == 0) {
        handle.destroyForcibly();
      }
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.endsWith(" .")) {
          for (String id : line.substring(0, line.length() - 2).split(" ", -1)) {
            acknowledged.add(Long.parseLong(id));
          }
        }
        if (++heard == lines) {
          handle.destroyForcibly();
        }
      }
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("ended by SIGKILL alone").isEqualTo(137);
  }

  /** Writes behind everything what a write that was torn may leave. */
  private void addRubbish(Random random) throws IOException {
    List<String> names =
        new NioFiles()
            .names(folder).stream().filter(name -> name.endsWith(Segment.SUFFIX)).toList();
    if (names.isEmpty()) {
      return;
    }
    byte[] rubbish = new byte[random.nextInt(5_000)];
    random.nextBytes(rubbish);
    try (FileChannel file =
        FileChannel.open(folder.resolve(names.getLast()), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(rubbish), file.size());
    }
  }

  private void check(Random random, Set<Long> acknowledged, String what) throws Exception {
    try (SegmentedLog log = KilledAppender.open(folder, random.nextLong())) {
      LogCursor cursor = log.cursor("a", new CursorStart.End());
      List<LogEntry> entries = new ArrayList<>();
      for (List<LogEntry> some = cursor.read(1_000, 1 << 20); !some.isEmpty(); ) {
        entries.addAll(some);
        some = cursor.read(1_000, 1 << 20);
      }
      Set<Long> read = new HashSet<>();
      for (LogEntry entry : entries) {
        long id = ByteBuffer.wrap(entry.payload()).getLong(4);
        assertThat(KilledAppender.crc(entry.payload(), id))
            .as(what)
            .isEqualTo(ByteBuffer.wrap(entry.payload()).getInt(0));
        assertThat(read.add(id)).as("%s, %s is read once", what, id).isTrue();
      }
      assertThat(read).as(what).containsAll(acknowledged);
      acknowledged.clear();
      for (LogEntry entry : entries) {
        if (random.nextInt(10) == 0) {
          acknowledged.add(ByteBuffer.wrap(entry.payload()).getLong(4));
        } else {
          cursor.finish(entry.offset());
        }
      }
    }
  }
}

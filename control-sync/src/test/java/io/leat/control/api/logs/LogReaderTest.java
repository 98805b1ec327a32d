package io.leat.control.api.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.runtime.process.LineOutput;
import io.leat.control.runtime.process.RevisionLog;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class LogReaderTest {
  private static final RevisionId SHOP = new RevisionId("default", "shop-1");
  private static final RevisionId CART = new RevisionId("default", "cart-1");
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir Path dir;

  private Path file(RevisionId id) {
    return dir.resolve(id.name() + ".log");
  }

  private static void write(LineOutput output, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.accept(bytes, bytes.length);
  }

  private static List<String> rest(LogReader reader) throws IOException {
    List<String> found = new ArrayList<>();
    LogLine line = reader.peek();
    while (line != null) {
      found.add(line.text());
      reader.advance();
      line = reader.peek();
    }
    return found;
  }

  @Test
  void everyLineComesOnceWhileFilesAreRotated() throws Exception {
    int count = 60_000;
    RevisionLog log = new RevisionLog(file(SHOP), 65_536, 200);
    CountDownLatch written = new CountDownLatch(1);
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              LineOutput output = new LineOutput(log, "shop-1-1", InstantSource.fixed(NOON));
              for (int i = 0; i < count; i++) {
                write(output, "line " + i + "\n");
              }
              output.end();
              written.countDown();
            });
    List<String> found = new ArrayList<>();
    try (LogReader reader = new LogReader(SHOP, file(SHOP))) {
      while (!written.await(1, TimeUnit.MILLISECONDS)) {
        found.addAll(rest(reader));
      }
      found.addAll(rest(reader));
    }
    writer.join();
    assertThat(Files.exists(dir.resolve("shop-1.log.20"))).isTrue();
    assertThat(found).isEqualTo(IntStream.range(0, count).mapToObj(i -> "line " + i).toList());
  }

  @Test
  void aLogMayBeginLaterAndItsOldFilesMayGo() throws Exception {
    try (LogReader reader = new LogReader(SHOP, file(SHOP))) {
      assertThat(rest(reader)).isEmpty();
      Files.writeString(file(SHOP), "2026-01-02T12:00:00.000Z shop-1-1 a\nno time\n2026-01-02T1");
      assertThat(reader.peek()).isEqualTo(new LogLine(NOON, SHOP, "shop-1-1", "a"));
      reader.advance();
      assertThat(reader.peek()).isEqualTo(new LogLine(NOON, SHOP, "", "no time"));
      reader.advance();
      assertThat(reader.peek()).isNull();
      Files.delete(file(SHOP));
      Files.writeString(file(SHOP), "2026-01-02T12:00:00.000Z shop-1-1 b\n");
      assertThat(rest(reader)).containsExactly("2026-01-02T1", "b");
    }
  }

  @Test
  void aLineWithoutEndComesInPieces() throws Exception {
    Files.writeString(file(SHOP), "x".repeat(200_000) + "\nend\n");
    try (LogReader reader = new LogReader(SHOP, file(SHOP))) {
      List<String> found = rest(reader);
      assertThat(String.join("", found)).isEqualTo("x".repeat(200_000) + "end");
      assertThat(found).hasSizeGreaterThan(3).last().isEqualTo("end");
    }
  }

  @Test
  void linesOfSeveralRevisionsComeByTime() throws Exception {
    Files.writeString(
        file(SHOP), "2026-01-02T12:00:00.000Z shop-1-1 a\n2026-01-02T12:00:02.000Z shop-1-1 c\n");
    Files.writeString(file(CART), "2026-01-02T12:00:01.000Z cart-1-1 b\n");
    try (LogMerge merge = new LogMerge(this::file)) {
      merge.update(List.of(SHOP, CART));
      assertThat(merge.instances(NOON.plusSeconds(2))).isEqualTo(1);
    }
    try (LogMerge merge = new LogMerge(this::file)) {
      merge.update(List.of(SHOP));
      merge.update(List.of(SHOP, CART));
      List<String> found = new ArrayList<>();
      LogLine line = merge.next();
      while (line != null) {
        found.add(line.text());
        line = merge.next();
      }
      assertThat(found).containsExactly("a", "b", "c");
      merge.update(List.of(CART));
      Files.writeString(file(SHOP), "2026-01-02T12:00:03.000Z shop-1-1 late\n");
      assertThat(merge.next()).isNull();
    }
  }

  @Test
  void theTailIsBounded() throws Exception {
    LogTail tail = new LogTail(2);
    for (String text : List.of("a", "b", "c")) {
      tail.add(new LogLine(NOON, SHOP, "shop-1-" + text, text));
    }
    assertThat(tail.instances()).isEqualTo(2);
    LogTail heavy = new LogTail(InstanceLogs.MAX_TAIL);
    String megabyte = "m".repeat(1 << 20);
    for (int i = 0; i < 20; i++) {
      heavy.add(new LogLine(NOON, SHOP, "shop-1-1", megabyte));
    }
    List<LogLine> kept = new ArrayList<>();
    InstanceLogs.Sink sink =
        new InstanceLogs.Sink() {
          @Override
          public void begin(int instances) {
            throw new AssertionError("only the lines are wanted");
          }

          @Override
          public void line(LogLine line) {
            kept.add(line);
          }

          @Override
          public void pause() {
            throw new AssertionError("only the lines are wanted");
          }
        };
    tail.lines(sink);
    assertThat(kept).extracting(LogLine::text).containsExactly("b", "c");
    kept.clear();
    heavy.lines(sink);
    assertThat(kept).hasSize(8);
  }
}

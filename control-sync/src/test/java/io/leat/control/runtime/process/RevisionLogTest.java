package io.leat.control.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionLogTest {

  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-01-02T12:00:00Z"));
  private static final String PREFIX = "2026-01-02T12:00:00.000Z shop-1 ";

  @TempDir Path dir;

  private static void write(LineOutput output, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.accept(bytes, bytes.length);
  }

  @Test
  void linesArePrefixedAndPartialOnesAreJoined() throws IOException {
    RevisionLog log = new RevisionLog(dir.resolve("a/x.log"), 65_536, 2);
    LineOutput output = new LineOutput(log, "shop-1", NOON);
    write(output, "one\ntw");
    write(output, "o\nlast");
    output.end();
    assertThat(Files.readString(log.file()))
        .isEqualTo(PREFIX + "one\n" + PREFIX + "two\n" + PREFIX + "last\n");
    assertThat(output.lastLines()).containsExactly("one", "two", "last");
  }

  @Test
  void diskUseIsBoundedWhateverIsPrinted() throws IOException {
    RevisionLog log = new RevisionLog(dir.resolve("x.log"), 65_536, 3);
    LineOutput output = new LineOutput(log, "shop-1", NOON);
    String endless = "x".repeat(16_000);
    String short1 = "\n".repeat(16_000);
    for (int i = 0; i < 40; i++) {
      write(output, endless);
      write(output, short1);
    }
    output.end();
    try (Stream<Path> files = Files.list(dir)) {
      List<Path> all = files.sorted().toList();
      assertThat(all)
          .extracting(path -> path.getFileName().toString())
          .containsExactly("x.log", "x.log.1", "x.log.2");
      for (Path file : all) {
        assertThat(Files.size(file)).isBetween(1L, 65_536L);
      }
    }
  }

  @Test
  void aLineWithoutEndIsCut() throws IOException {
    RevisionLog log = new RevisionLog(dir.resolve("x.log"), 1_000_000, 2);
    LineOutput output = new LineOutput(log, "shop-1", NOON);
    write(output, "y".repeat(40_000));
    output.end();
    assertThat(Files.readAllLines(log.file()))
        .extracting(String::length)
        .containsExactly(
            PREFIX.length() + 16_384, PREFIX.length() + 16_384, PREFIX.length() + 7_232);
    assertThat(output.lastLines()).allMatch(line -> line.length() <= 512);
  }

  @Test
  void whatTheDiskRefusesIsCountedAndAnnouncedLater() throws IOException {
    Path file = dir.resolve("x.log");
    Files.createDirectory(file);
    RevisionLog log = new RevisionLog(file, 65_536, 2);
    LineOutput output = new LineOutput(log, "shop-1", NOON);
    write(output, "lost\n");
    assertThat(log.droppedBytes()).isEqualTo(PREFIX.length() + 5);
    Files.delete(file);
    write(output, "kept\n");
    output.end();
    assertThat(Files.readString(file))
        .isEqualTo("leat dropped 37 bytes of output\n" + PREFIX + "kept\n");
    assertThat(output.lastLines()).containsExactly("lost", "kept");
  }

  @Test
  void lastLinesArePrintable() {
    RevisionLog log = new RevisionLog(dir.resolve("x.log"), 65_536, 2);
    LineOutput output = new LineOutput(log, "shop-1", NOON);
    write(output, "\u001b[31mred\u0007\ta\r\n");
    output.end();
    assertThat(output.lastLines()).containsExactly(" [31mred \ta");
  }
}

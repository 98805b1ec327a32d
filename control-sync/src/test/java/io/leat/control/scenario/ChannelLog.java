package io.leat.control.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/** The files of a Channel's log, looked at and damaged while no process has them. */
final class ChannelLog {
  private final Path directory;

  ChannelLog(Path stateDir, String channel) {
    directory = stateDir.resolve("channels").resolve("default").resolve(channel);
  }

  /** A place in a segment. */
  record Place(Path segment, long position) {}

  /** Where the last thing that was written in the last segment ends. */
  Place end() {
    Path segment = last();
    byte[] bytes = bytes(segment);
    int end = bytes.length;
    // A segment is extended with zeros ahead of what is written.
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return new Place(segment, end);
  }

  /** Where a text ends that was written in the last segment. */
  Place endOf(String text) {
    Path segment = last();
    byte[] bytes = bytes(segment);
    byte[] wanted = text.getBytes(US_ASCII);
    for (int at = bytes.length - wanted.length; at >= 0; at--) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return new Place(segment, at + wanted.length);
      }
    }
    throw new AssertionError(text + " is not in " + segment);
  }

  private Path last() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Path::compareTo)
          .orElseThrow(() -> new AssertionError("no segment in " + directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips bits, tears the end off or writes rubbish, all behind a place; says what it did. */
  String damageBehind(Place from, Random random) {
    Place end = end();
    if (!end.segment().equals(from.segment())) {
      return "nothing, another segment has begun";
    }
    int length = (int) (end.position() - from.position());
    if (length <= 0) {
      return "nothing, nothing was written";
    }
    try (RandomAccessFile file = new RandomAccessFile(end.segment().toFile(), "rw")) {
      int flips = random.nextInt(8);
      for (int i = 0; i < flips; i++) {
        long at = from.position() + random.nextInt(length);
        file.seek(at);
        int old = file.read();
        file.seek(at);
        file.write(old ^ (1 << random.nextInt(8)));
      }
      long cut = from.position() + random.nextInt(length + 1);
      boolean torn = flips == 0 || random.nextBoolean();
      if (torn) {
        file.setLength(cut);
      }
      byte[] rubbish = new byte[random.nextBoolean() ? random.nextInt(5_000) : 0];
      random.nextBytes(rubbish);
      file.seek(torn ? cut : end.position());
      file.write(rubbish);
      return length
          + " bytes: "
          + flips
          + " bits flipped"
          + (torn ? ", cut after " + (cut - from.position()) : "")
          + ", "
          + rubbish.length
          + " bytes of rubbish";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.leat.control.module.tail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads whole lines from an offset of a file on; keeps nothing between calls.
 *
 * <p>A file that is shorter than the offset was begun anew, and is read from its beginning. A line
 * of more than {@value #MAX_BYTES} bytes comes in pieces of that size.
 */
public final class LineTail {
  /** Bytes that one call reads at most. */
  public static final int MAX_BYTES = 64 * 1024;

  private LineTail() {}

  /**
   * What was read.
   *
   * @param lines without their ends; shared with nobody
   * @param ends for each line, where a call goes on that has read up to it
   * @param offset where the next call goes on
   */
  public record Batch(List<byte[]> lines, List<Long> ends, long offset) {
    /** Copies the lists. */
    public Batch {
      lines = List.copyOf(lines);
      ends = List.copyOf(ends);
    }
  }

  /**
   * The next lines of a file; none when it has no further whole one, or is not there.
   *
   * @param maxLines at least 1
   */
  public static Batch read(Path file, long offset, int maxLines) throws IOException {
    if (!Files.exists(file)) {
      return new Batch(List.of(), List.of(), offset);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel, channel.size() < offset ? 0 : offset, maxLines);
    }
  }

  /**
   * The next lines of an open file, also of one that has no name any more.
   *
   * @param from an offset within the file
   * @param maxLines at least 1
   */
  public static Batch read(FileChannel channel, long from, int maxLines) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_BYTES);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        break;
      }
    }
    return cut(buffer.array(), buffer.position(), from, maxLines);
  }

  private static Batch cut(byte[] bytes, int length, long from, int maxLines) {
    List<byte[]> lines = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < length && lines.size() < maxLines; i++) {
      if (bytes[i] == '\n') {
        int end = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
        lines.add(Arrays.copyOfRange(bytes, start, end));
        start = i + 1;
        ends.add(from + start);
      }
    }
    if (lines.isEmpty() && length == bytes.length) {
      lines.add(Arrays.copyOf(bytes, length));
      start = length;
      ends.add(from + start);
    }
    return new Batch(lines, ends, from + start);
  }
}

package io.leat.control.api.logs;

import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log of one revision from its oldest line on, over all its files, while it is written
 * and rotated: {@code x.log} becomes {@code x.log.1}, that one {@code x.log.2}.
 *
 * <p>A file is known by its key, not by its name, so no line is read twice or left out. Used by one
 * thread. Nothing is allocated for a log that is not there.
 */
final class LogReader implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  /** Names that are missing in a row after which there are no older files. */
  private static final int MISSING = 2;

  private static final int ATTEMPTS = 3;

  private final RevisionId revision;
  private final Path file;
  private byte[] buffer = {};
  private int start;
  private int end;
  private @Nullable FileChannel channel;
  private @Nullable Object key;

  /** Whether the open file has been rotated, so that nobody writes to it any more. */
  private boolean sealed;

  private Instant time = Instant.EPOCH;
  private @Nullable LogLine ahead;

  /**
   * A reader at the beginning.
   *
   * @param file the newest file, which may not exist yet
   */
  LogReader(RevisionId revision, Path file) {
    this.revision = revision;
    this.file = file;
  }

  /** The next line, which stays the next one; null when there is none now. */
  @Nullable LogLine peek() throws IOException {
    LogLine known = ahead;
    while (known == null) {
      known = cut();
      if (known == null && !more()) {
        return null;
      }
    }
    ahead = known;
    return known;
  }

  /** Goes on behind the line that was peeked at. */
  void advance() {
    ahead = null;
  }

  private @Nullable LogLine cut() {
    for (int i = start; i < end; i++) {
      if (buffer[i] == '\n') {
        return line(i, i + 1);
      }
    }
    return start == 0 && end > 0 && end == buffer.length - 1 ? line(end, end) : null;
  }

  private LogLine line(int stop, int next) {
    LogLine line = LogLine.parse(revision, buffer, start, stop, time);
    time = line.time();
    start = next;
    return line;
  }

  /** Whether something has changed, so that there may be a line now. */
  private boolean more() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      return open(oldest());
    }
    if (fill(open)) {
      return true;
    }
    if (!sealed) {
      // What was written between the end that was seen and the rotation is read once more.
      sealed = place() != 0;
      return sealed;
    }
    if (end > start) {
      buffer[end++] = '\n';
      return true;
    }
    return openNewer();
  }

  private boolean fill(FileChannel open) throws IOException {
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
    // One place is left for the end of a last line that has none.
    int read = open.read(ByteBuffer.wrap(buffer, end, buffer.length - 1 - end));
    end += Math.max(0, read);
    return read > 0;
  }

  private boolean openNewer() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int own = place();
      if (own == 0) {
        return false;
      }
      FileChannel last = channel;
      Object lastKey = key;
      if (!open(own < 0 ? oldest() : own - 1)) {
        return false;
      }
      Object next = key;
      key = lastKey;
      boolean still = place() == own;
      key = next;
      if (still) {
        close(last);
        return true;
      }
      // Rotated meanwhile: what was opened may be a file too new.
      close(channel);
      channel = last;
      key = lastKey;
      sealed = true;
    }
    return false;
  }

  private boolean open(int number) throws IOException {
    Path path = numbered(number);
    Object before = keyOf(path);
    if (number < 0 || before == null) {
      return false;
    }
    FileChannel opened;
    try {
      opened = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return false;
    }
    if (!before.equals(keyOf(path))) {
      close(opened);
      return false;
    }
    if (buffer.length == 0) {
      buffer = new byte[BUFFER];
    }
    channel = opened;
    key = before;
    sealed = false;
    return true;
  }

  /** The number of the open file, 0 for the newest; -1 when it is gone. */
  private int place() throws IOException {
    int missing = 0;
    for (int number = 0; missing < MISSING; number++) {
      Object found = keyOf(numbered(number));
      if (found != null && found.equals(key)) {
        return number;
      }
      missing = found == null ? missing + 1 : 0;
    }
    return -1;
  }

  private int oldest() throws IOException {
    int oldest = -1;
    int missing = 0;
    for (int number = 0; missing < MISSING; number++) {
      boolean there = keyOf(numbered(number)) != null;
      oldest = there ? number : oldest;
      missing = there ? 0 : missing + 1;
    }
    return oldest;
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private Path numbered(int number) {
    return number <= 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
  }

  private static void close(@Nullable FileChannel open) throws IOException {
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() throws IOException {
    close(channel);
    channel = null;
  }
}

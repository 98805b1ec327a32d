package io.leat.control.eventing.source.tail;

import io.leat.control.module.tail.LineTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** An open file that is read while it grows, whatever its name becomes; used by one thread. */
public final class TailedFile implements AutoCloseable {
  private static final int KNOWN_BYTES = 256;

  private final FileChannel channel;
  private TailPosition position;
  private long checkedSize = -1;

  private TailedFile(FileChannel channel, TailPosition position) {
    this.channel = channel;
    this.position = position;
  }

  /** Opens a file at its beginning, or behind the last whole line that it has. */
  public static TailedFile begin(Path path, boolean end, long epoch) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      TailedFile file = new TailedFile(channel, new TailPosition(key(path), epoch, 0, 0));
      if (end) {
        file.advance(file.at(lastLineEnd(channel)));
      }
      return file;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Opens the file of a position, under its path or the name that it was given since; else the file
   * that is there now, at its beginning; null when there is none.
   */
  public static @Nullable TailedFile resume(Path path, TailPosition known, long now)
      throws IOException {
    TailedFile same = ifSame(path, known);
    Path folder = path.toAbsolutePath().getParent();
    if (same == null && folder != null && Files.isDirectory(folder)) {
      String name = path.getFileName().toString();
      try (DirectoryStream<Path> siblings =
          Files.newDirectoryStream(
              folder, each -> each.getFileName().toString().startsWith(name))) {
        for (Path sibling : siblings) {
          same = same == null ? ifSame(sibling, known) : same;
        }
      }
    }
    if (same != null) {
      return same;
    }
    return Files.exists(path) ? begin(path, false, Math.max(now, known.epoch() + 1)) : null;
  }

  private static @Nullable TailedFile ifSame(Path path, TailPosition known) throws IOException {
    if (!Files.isRegularFile(path) || !key(path).equals(known.fileKey())) {
      return null;
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    TailedFile file = new TailedFile(channel, known);
    try {
      if (!file.lostItsPlace()) {
        return file;
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  private static String key(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return key == null ? "" : key.toString();
  }

  /** What is done of the file. */
  public TailPosition position() {
    return position;
  }

  /** The id of what begins here. */
  public String id() {
    String offset = Long.toString(position.offset());
    return Long.toHexString(position.epoch())
        + "-"
        + "0".repeat(Math.max(0, 15 - offset.length()))
        + offset;
  }

  /** An epoch after that of this file. */
  public long laterEpoch(Instant now) {
    return Math.max(now.toEpochMilli(), position.epoch() + 1);
  }

  /** The next whole lines. */
  public LineTail.Batch read(int maxLines) throws IOException {
    return LineTail.read(channel, position.offset(), maxLines);
  }

  /** Everything after the position, up to the size of a piece. */
  public byte[] rest() throws IOException {
    long size = Math.min(LineTail.MAX_BYTES, Math.max(0, channel.size() - position.offset()));
    return bytes(position.offset(), (int) size);
  }

  /** The position at another offset. */
  public TailPosition at(long offset) throws IOException {
    return new TailPosition(position.fileKey(), position.epoch(), offset, sum(offset));
  }

  /** Has everything before a position of this file be done. */
  public void advance(TailPosition done) {
    position = done;
  }

  /** Whether what was read is not what the file holds before the position. */
  public boolean lostItsPlace() throws IOException {
    long size = channel.size();
    if (size == checkedSize) {
      return false;
    }
    checkedSize = size;
    return size < position.offset() || sum(position.offset()) != position.before();
  }

  /** Goes back to the first byte, in another epoch. */
  public void beginAnew(long now) {
    long epoch = Math.max(now, position.epoch() + 1);
    position = new TailPosition(position.fileKey(), epoch, 0, 0);
  }

  /** Whether another file bears the name now. */
  public boolean wasReplaced(Path path) throws IOException {
    try {
      return !key(path).equals(position.fileKey());
    } catch (NoSuchFileException e) {
      // The name is free between a rename and the next file.
      return false;
    }
  }

  private long sum(long offset) throws IOException {
    int length = (int) Math.min(KNOWN_BYTES, offset);
    if (length == 0) {
      return 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes(offset - length, length));
    return crc.getValue();
  }

  private byte[] bytes(long from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
      // Reads until all is there, or the file ends.
    }
    byte[] read = new byte[buffer.position()];
    buffer.get(0, read);
    return read;
  }

  private static long lastLineEnd(FileChannel channel) throws IOException {
    long size = channel.size();
    int length = (int) Math.min(LineTail.MAX_BYTES, size);
    ByteBuffer buffer = ByteBuffer.allocate(length);
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = channel.read(buffer, size - length + buffer.position());
    }
    for (int i = buffer.position() - 1; i >= 0; i--) {
      if (buffer.get(i) == '\n') {
        return size - length + i + 1;
      }
    }
    return size - length;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

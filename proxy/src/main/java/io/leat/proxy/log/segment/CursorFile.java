package io.leat.proxy.log.segment;

import io.leat.proxy.log.segment.LogFiles.LogFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The file that keeps where cursors stand: an append for each change, the newest of a name counts.
 * Any thread; a monitor guards it.
 *
 * <p>An entry is its length (4), CRC32C of what follows (4), 1 for a state or 0 for the end of a
 * cursor (1), and a {@link CursorState} or a name. Entries that are damaged are passed over. When
 * the file has grown, the newest entries are written to another file that takes its place.
 */
final class CursorFile implements Closeable {
  private static final String NAME = "cursors";
  private static final int MAGIC = 0x4c454143;
  private static final int VERSION = 1;
  private static final int START = 8;
  private static final int ENTRY_HEAD = 9;
  private static final byte STATE = 1;
  private static final byte END = 0;
  private static final long COMPACT_FROM = 1 << 20;
  private static final int COMPACT_FACTOR = 8;

  private final LogFiles files;
  private final Path directory;
  private final boolean synced;
  private final Map<String, ByteBuffer> newest = new LinkedHashMap<>();
  private LogFile file;
  private long end = START;
  private long newestBytes;

  /** Whether a write or a sync of the file failed, so that another one has to take its place. */
  private boolean broken;

  private CursorFile(LogFiles files, Path directory, boolean synced) throws IOException {
    this.files = files;
    this.directory = directory;
    this.synced = synced;
    this.file = openOrCreate();
  }

  static CursorFile open(LogFiles files, Path directory, boolean synced) throws IOException {
    CursorFile opened = new CursorFile(files, directory, synced);
    try {
      opened.recover();
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private Path path() {
    return directory.resolve(NAME);
  }

  private LogFile openOrCreate() throws IOException {
    try {
      return files.open(path());
    } catch (NoSuchFileException e) {
      return files.create(path());
    }
  }

  private void recover() throws IOException {
    int size = (int) Math.min(file.size(), Integer.MAX_VALUE - 8);
    byte[] bytes = new byte[size];
    ByteBuffer content = ByteBuffer.wrap(bytes);
    LogFiles.readFully(file, content, 0);
    CRC32C crc = new CRC32C();
    int at = START;
    while (at + ENTRY_HEAD <= size) {
      int length = content.getInt(at);
      if (length >= ENTRY_HEAD && length <= size - at && isIntact(bytes, at, length, crc)) {
        take(ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + length)));
        at += length;
        end = at;
      } else {
        at++;
      }
    }
    try {
      // What is intact is written again whole, so that nothing torn or damaged stays.
      compact();
    } catch (LogFiles.NoSpaceException e) {
      file.truncate(end);
    }
  }

  private static boolean isIntact(byte[] bytes, int at, int length, CRC32C crc) {
    crc.reset();
    crc.update(bytes, at + 8, length - 8);
    return (int) crc.getValue() == ByteBuffer.wrap(bytes).getInt(at + 4);
  }

  private void take(ByteBuffer entry) {
    entry.position(ENTRY_HEAD);
    boolean isState = entry.get(ENTRY_HEAD - 1) == STATE;
    String name =
        isState
            ? CursorState.decode(entry).name()
            : StandardCharsets.UTF_8.decode(entry).toString();
    remember(name, isState, entry.clear());
  }

  private void remember(String name, boolean isState, ByteBuffer entry) {
    ByteBuffer before = newest.remove(name);
    if (before != null) {
      newestBytes -= before.capacity();
    }
    if (isState) {
      newest.put(name, entry);
      newestBytes += entry.capacity();
    }
  }

  /** What it knows, by name. */
  synchronized Map<String, CursorState> states() {
    Map<String, CursorState> states = new LinkedHashMap<>();
    newest.forEach(
        (name, entry) -> states.put(name, CursorState.decode(entry.duplicate().position(9))));
    return states;
  }

  /** Writes where a cursor stands. */
  synchronized void put(CursorState state) throws IOException {
    write(state.name(), STATE, state.encode());
  }

  /** Writes that a cursor is no more. */
  synchronized void remove(String name) throws IOException {
    // First of all, so that a file that takes the place of this one does not have it either.
    remember(name, false, ByteBuffer.allocate(0));
    write(name, END, name.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte type, byte[] content) throws IOException {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY_HEAD + content.length);
    entry.putInt(entry.capacity()).putInt(0).put(type).put(content).clear();
    CRC32C crc = new CRC32C();
    crc.update(entry.array(), 8, entry.capacity() - 8);
    entry.putInt(4, (int) crc.getValue());
    try {
      LogFiles.writeFully(file, entry.duplicate(), end);
    } catch (LogFiles.NoSpaceException e) {
      file.truncate(end);
      throw e;
    } catch (IOException e) {
      broken = true;
      throw e;
    }
    end += entry.capacity();
    remember(name, type == STATE, entry);
    if (end > COMPACT_FROM && end > COMPACT_FACTOR * newestBytes) {
      compact();
    }
  }

  private void compact() throws IOException {
    Path other = directory.resolve(NAME + ".new");
    files.delete(other);
    LogFile written = files.create(other);
    try {
      ByteBuffer head = ByteBuffer.allocate(START).putInt(MAGIC).putInt(VERSION).flip();
      LogFiles.writeFully(written, head, 0);
      long at = START;
      for (ByteBuffer entry : newest.values()) {
        LogFiles.writeFully(written, entry.duplicate(), at);
        at += entry.capacity();
      }
      if (synced) {
        written.force(true);
      }
      files.replace(path(), other);
      if (synced) {
        files.syncDirectory(directory);
      }
      file.close();
      file = written;
      end = at;
    } catch (IOException e) {
      written.close();
      throw e;
    }
  }

  /** Makes everything that was written durable, as far as the log is to be. */
  synchronized void sync() throws IOException {
    if (broken) {
      // What the system dropped then would be missing, whatever a later sync says.
      compact();
      broken = false;
    }
    if (!synced) {
      return;
    }
    try {
      file.force(false);
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}

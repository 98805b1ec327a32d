package io.leat.proxy.log.segment;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The file system as a log uses it: the seam at which tests let it fail. */
interface LogFiles {

  /** The device has no room for what was to be written. */
  final class NoSpaceException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    NoSpaceException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** An open file that is read and written by position. */
  interface LogFile extends Closeable {
    /** Reads some bytes; -1 at the end. */
    int read(ByteBuffer into, long position) throws IOException;

    /**
     * Writes some of the bytes, at least one.
     *
     * @throws NoSpaceException when there is no room
     */
    int write(ByteBuffer from, long position) throws IOException;

    void force(boolean metadata) throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;
  }

  /** Makes the directory, with those above it. */
  void createDirectories(Path directory) throws IOException;

  /** Claims a file until it is closed; fails if somebody else has. */
  Closeable lock(Path file) throws IOException;

  /** The names of the files in a directory, in order. */
  List<String> names(Path directory) throws IOException;

  /** A file that must not exist yet, to read and write. */
  LogFile create(Path file) throws IOException;

  /** A file that exists, to read and write. */
  LogFile open(Path file) throws IOException;

  /** A file that exists, to read. */
  LogFile read(Path file) throws IOException;

  /** Deletes the file if it exists. */
  void delete(Path file) throws IOException;

  /** Puts a file in the place of another. */
  void replace(Path file, Path by) throws IOException;

  /** Makes names durable. */
  void syncDirectory(Path directory) throws IOException;

  /** Writes everything that remains. */
  static void writeFully(LogFile file, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  /** Reads until the buffer is full or the file ends. */
  static void readFully(LogFile file, ByteBuffer into, long position) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int read = file.read(into, at);
      if (read < 0) {
        return;
      }
      at += read;
    }
  }
}

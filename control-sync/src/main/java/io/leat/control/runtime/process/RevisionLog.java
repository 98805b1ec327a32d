package io.leat.control.runtime.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of all instances of one revision in one file, rotated by size.
 *
 * <p>At most {@code maxFiles} files of {@code maxBytes} each exist: {@code x.log} is the current
 * one, {@code x.log.1} the one before. What the disk refuses is counted and dropped, and a line
 * says so once it takes writes again. Any thread may call.
 */
public final class RevisionLog {

  private static final Logger LOG = LoggerFactory.getLogger(RevisionLog.class);

  private final Path file;
  private final long maxBytes;
  private final int maxFiles;
  private @Nullable OutputStream out;
  private int writers;
  private long size;
  private long dropped;
  private long announced;

  /**
   * Nothing is opened before the first line.
   *
   * @param file the current file
   * @param maxBytes size of one file in bytes
   * @param maxFiles number of files, the current one included
   */
  public RevisionLog(Path file, long maxBytes, int maxFiles) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.maxFiles = maxFiles;
  }

  /** The current file, which may not exist yet. */
  public Path file() {
    return file;
  }

  /** One more writer. */
  public synchronized void open() {
    writers++;
  }

  /** One writer less; the last one closes the file. */
  public synchronized void close() {
    writers--;
    if (writers == 0) {
      closeFile();
    }
  }

  /** Bytes that the disk did not take since the start. */
  public synchronized long droppedBytes() {
    return dropped;
  }

  /** Writes whole lines; never fails. */
  synchronized void append(byte[] lines, int length) {
    try {
      if (out == null) {
        openFile();
      }
      if (size > 0 && size + length > maxBytes) {
        rotate();
      }
      if (dropped > announced) {
        long missing = dropped - announced;
        write(
            ("leat dropped " + missing + " bytes of output\n").getBytes(StandardCharsets.US_ASCII));
        announced = dropped;
        LOG.info("{} takes output again", file);
      }
      write(lines, length);
    } catch (IOException e) {
      if (dropped == announced) {
        LOG.warn("{} does not take output, which is dropped until it does", file, e);
      }
      dropped += length;
      closeFile();
    }
  }

  private void write(byte[] bytes) throws IOException {
    write(bytes, bytes.length);
  }

  private void write(byte[] bytes, int length) throws IOException {
    if (out != null) {
      out.write(bytes, 0, length);
      size += length;
    }
  }

  private void openFile() throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    out = new FileOutputStream(file.toFile(), true);
    size = Files.size(file);
  }

  private void rotate() throws IOException {
    closeFile();
    Files.deleteIfExists(numbered(maxFiles - 1));
    for (int number = maxFiles - 2; number >= 0; number--) {
      Path from = numbered(number);
      if (Files.exists(from)) {
        Files.move(from, numbered(number + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    openFile();
  }

  private Path numbered(int number) {
    return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
  }

  private void closeFile() {
    OutputStream last = out;
    out = null;
    if (last != null) {
      try {
        last.close();
      } catch (IOException e) {
        LOG.warn("cannot close {}", file, e);
      }
    }
  }
}

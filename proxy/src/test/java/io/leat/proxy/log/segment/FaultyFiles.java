package io.leat.proxy.log.segment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The files of this machine, which fail when a test says so. Any thread. */
final class FaultyFiles implements LogFiles {
  private final LogFiles files = new NioFiles();

  /** Bytes that may still be written. */
  volatile long space = Long.MAX_VALUE;

  volatile boolean forceFails;

  /** What a sync waits for. */
  volatile CountDownLatch forceWaitsFor = new CountDownLatch(0);

  /** The next write of records writes half of them and fails. */
  volatile boolean writeFails;

  /** Syncs that were asked for. */
  final AtomicInteger forces = new AtomicInteger();

  /** Syncs do nothing: for tests of what lies in files, not on devices. */
  volatile boolean forceIsFree;

  volatile boolean readOnly;

  /** Bytes that one call writes at most. */
  volatile int mostPerWrite = Integer.MAX_VALUE;

  private final class Faulty implements LogFile {
    private final LogFile file;

    Faulty(LogFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return file.read(into, position);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      int most = (int) Math.min(Math.min(mostPerWrite, from.remaining()), space);
      if (most == 0) {
        throw new NoSpaceException("no space", new IOException("injected"));
      }
      if (writeFails && most > 1) {
        writeFails = false;
        file.write(from.slice(from.position(), most / 2), position);
        throw new IOException("injected: write");
      }
      ByteBuffer some = from.slice(from.position(), most);
      int written = file.write(some, position);
      from.position(from.position() + written);
      if (space != Long.MAX_VALUE) {
        space = Math.max(0, space - written);
      }
      return written;
    }

    @Override
    public void force(boolean metadata) throws IOException {
      forces.incrementAndGet();
      try {
        forceWaitsFor.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (forceFails) {
        throw new IOException("injected: force");
      }
      if (!forceIsFree) {
        file.force(metadata);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    files.createDirectories(directory);
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    checkWritable(file);
    return files.lock(file);
  }

  @Override
  public List<String> names(Path directory) throws IOException {
    return files.names(directory);
  }

  private void checkWritable(Path file) throws IOException {
    if (readOnly) {
      throw new AccessDeniedException(file.toString());
    }
  }

  @Override
  public LogFile create(Path file) throws IOException {
    checkWritable(file);
    return new Faulty(files.create(file));
  }

  @Override
  public LogFile open(Path file) throws IOException {
    checkWritable(file);
    return new Faulty(files.open(file));
  }

  @Override
  public LogFile read(Path file) throws IOException {
    return new Faulty(files.read(file));
  }

  @Override
  public void delete(Path file) throws IOException {
    files.delete(file);
  }

  @Override
  public void replace(Path file, Path by) throws IOException {
    files.replace(file, by);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    if (!forceIsFree) {
      files.syncDirectory(directory);
    }
  }
}

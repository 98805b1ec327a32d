package io.leat.proxy.log.segment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of this machine. */
final class NioFiles implements LogFiles {

  private record NioFile(Path path, FileChannel channel) implements LogFile {
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return channel.read(into, position);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      int length = from.remaining();
      try {
        return channel.write(from, position);
      } catch (IOException e) {
        throw isNoSpace(e, length) ? new NoSpaceException("no space for " + path, e) : e;
      }
    }

    /** The JDK tells errors by their text alone, which a locale may have translated. */
    private boolean isNoSpace(IOException e, int length) throws IOException {
      @Nullable String message = e.getMessage();
      boolean says =
          message != null
              && (message.contains("No space left") || message.contains("quota exceeded"));
      return says || Files.getFileStore(path).getUsableSpace() < length;
    }

    @Override
    public void force(boolean metadata) throws IOException {
      channel.force(metadata);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException("in use by this process: " + file, e);
    }
    channel.close();
    throw new IOException("in use by another process: " + file);
  }

  @Override
  public List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public LogFile create(Path file) throws IOException {
    return opened(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public LogFile open(Path file) throws IOException {
    return opened(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public LogFile read(Path file) throws IOException {
    return opened(file, StandardOpenOption.READ);
  }

  private static LogFile opened(Path file, StandardOpenOption... options) throws IOException {
    return new NioFile(file, FileChannel.open(file, options));
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void replace(Path file, Path by) throws IOException {
    Files.move(by, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

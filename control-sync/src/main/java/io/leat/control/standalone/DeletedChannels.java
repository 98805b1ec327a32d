package io.leat.control.standalone;

import io.leat.control.resource.Kind;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.ChannelId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the directories of Channels that were deleted.
 *
 * <p>A deletion that the store tells leaves a mark in the Channel's directory. A directory whose
 * mark is old enough, and whose Channel did not come back, is renamed into the trash and deleted
 * there; a crash in between is made up for by the next look. Without a mark nothing is removed,
 * whatever is absent. Any thread.
 */
final class DeletedChannels implements AutoCloseable {
  /** How long a deleted Channel may come back to its events; also after an edit gone wrong. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(DeletedChannels.class);
  private static final Set<Kind> KINDS =
      Set.of(Kind.CHANNEL, Kind.MESSAGING_CHANNEL, Kind.IN_MEMORY_CHANNEL);
  private static final String MARK = "deleted";
  private static final String LOCK = "lock";
  private static final String TRASH = ".trash";

  private final Path folder;
  private final Duration patience;
  private final InstantSource clock;
  private final Executor executor;
  private @Nullable ResourceStore store;
  private ResourceStore.@Nullable Watch watch;

  /**
   * Removes nothing yet.
   *
   * @param folder with a folder per namespace, and one per Channel in it
   * @param executor does what touches files
   */
  DeletedChannels(Path folder, Duration patience, InstantSource clock, Executor executor) {
    this.folder = folder;
    this.patience = patience;
    this.clock = clock;
    this.executor = executor;
  }

  /** Learns from a store which Channels are deleted; once. */
  synchronized void follow(ResourceStore of) {
    store = of;
    watch =
        of.watch(change -> {
          if (change.type() == ChangeEvent.Type.DELETED
              && KINDS.contains(change.resource().kind())) {
            ChannelId id = ChannelModel.of(change.resource()).id();
            later(() -> mark(id));
          }
        });
  }

  private void later(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("deleted channels are not followed any more", e);
    }
  }

  private boolean isThere(ChannelId id) {
    ResourceStore of = store;
    return of == null || of.read(view -> isThere(view, id));
  }

  private static boolean isThere(ResourceView view, ChannelId id) {
    return KINDS.stream()
        .flatMap(kind -> view.list(kind).stream())
        .anyMatch(each -> ChannelModel.of(each).id().equals(id));
  }

  private Path directory(ChannelId id) {
    return folder.resolve(id.namespace()).resolve(id.name());
  }

  private synchronized void mark(ChannelId id) {
    Path directory = directory(id);
    // Whether it came back is asked later: the store may not show the deletion yet.
    if (!Files.isDirectory(directory)) {
      return;
    }
    try {
      Files.writeString(directory.resolve(MARK), Long.toString(clock.millis()));
    } catch (IOException e) {
      LOG.warn("{} cannot be marked as that of a deleted channel", directory, e);
    }
  }

  /**
   * Makes ready what a Channel is kept in; nothing is removed from there any more.
   *
   * @param open opens the log in the directory
   */
  synchronized <T> T opening(ChannelId id, Function<Path, T> open) {
    Path directory = directory(id);
    try {
      Files.deleteIfExists(directory.resolve(MARK));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return open.apply(directory);
  }

  /** Removes what was deleted long enough ago, and empties the trash. */
  void look() {
    try {
      for (Path namespace : children(folder)) {
        if (namespace.getFileName().toString().equals(TRASH)) {
          continue;
        }
        for (Path channel : children(namespace)) {
          consider(namespace, channel);
        }
      }
      for (Path each : children(folder.resolve(TRASH))) {
        delete(each);
        LOG.info("{} is deleted: its channel was", each);
      }
    } catch (IOException e) {
      LOG.warn("what deleted channels left in {} could not be removed", folder, e);
    }
  }

  private static List<Path> children(Path of) throws IOException {
    try (Stream<Path> all = Files.list(of)) {
      return all.filter(Files::isDirectory).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private synchronized void consider(Path namespace, Path channel) throws IOException {
    Path mark = channel.resolve(MARK);
    if (!Files.exists(mark)) {
      return;
    }
    String name = channel.getFileName().toString();
    if (isThere(new ChannelId(namespace.getFileName().toString(), name))) {
      Files.delete(mark);
      return;
    }
    if (markedAt(mark) > clock.millis() - patience.toMillis() || isOpen(channel)) {
      return;
    }
    Path trash = Files.createDirectories(folder.resolve(TRASH));
    String unique = namespace.getFileName() + "." + name + "." + clock.millis();
    Files.move(channel, trash.resolve(unique), StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.delete(namespace);
    } catch (DirectoryNotEmptyException others) {
      LOG.debug("{} holds other channels", namespace, others);
    }
  }

  /** When the mark was made; one that was torn counts from when the file was written. */
  private static long markedAt(Path mark) throws IOException {
    String text = Files.readString(mark);
    return text.matches("[0-9]{1,18}")
        ? Long.parseLong(text)
        : Files.getLastModifiedTime(mark).toMillis();
  }

  /** Whether a log in the directory is open, in this process or another one. */
  private static boolean isOpen(Path channel) throws IOException {
    try (FileChannel lock = FileChannel.open(channel.resolve(LOCK), StandardOpenOption.WRITE)) {
      FileLock got = lock.tryLock();
      return got == null;
    } catch (OverlappingFileLockException own) {
      return true;
    } catch (NoSuchFileException never) {
      return false;
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failed)
              throws IOException {
            if (failed != null) {
              throw failed;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public synchronized void close() {
    ResourceStore.Watch open = watch;
    watch = null;
    if (open != null) {
      open.close();
    }
  }
}

package io.leat.control.runtime.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One small file per running child, so that the next life of Leat finds the strays of this one.
 *
 * <p>A file holds five words: pid, start of the child; pid, start of the Leat that owns it; marker
 * of that life. A stray is killed only when pid and start still match, or when it carries the
 * marker; a child whose owner still runs is left alone.
 */
final class PidFiles {

  private static final Logger LOG = LoggerFactory.getLogger(PidFiles.class);

  private final Path directory;
  private final String life;
  private final ProcessIdentity owner;

  PidFiles(Path directory, String life, ProcessIdentity owner) {
    this.directory = directory;
    this.life = life;
    this.owner = owner;
  }

  private record Entry(ProcessIdentity child, ProcessIdentity owner, String life) {}

  /** Records a child; a disk that refuses costs only the reaping after a double failure. */
  void write(long pid) {
    ProcessIdentity child = ProcessIdentity.of(pid);
    if (child == null) {
      return;
    }
    String words =
        String.join(
            " ",
            Long.toString(pid),
            child.start(),
            Long.toString(owner.pid()),
            owner.start(),
            life);
    try {
      Files.createDirectories(directory);
      Files.writeString(file(pid), words + "\n");
    } catch (IOException e) {
      LOG.warn("cannot record instance process {}", pid, e);
    }
  }

  void delete(long pid) {
    try {
      Files.deleteIfExists(file(pid));
    } catch (IOException e) {
      LOG.warn("cannot remove the record of instance process {}", pid, e);
    }
  }

  /**
   * Kills what an earlier life left behind and removes its files.
   *
   * @param killGroup sends SIGKILL to the process group of a pid
   * @return how many recorded processes were still running
   */
  int reap(LongConsumer killGroup) {
    int strays = 0;
    Set<String> deadLives = new LinkedHashSet<>();
    for (Path file : files()) {
      Entry entry = parse(file);
      if (entry != null && entry.owner().alive()) {
        continue;
      }
      if (entry != null) {
        deadLives.add(entry.life() + "/");
        if (entry.child().alive()) {
          LOG.warn("killing process {}, left behind by an earlier Leat", entry.child().pid());
          killGroup.accept(entry.child().pid());
          ProcessHandle.of(entry.child().pid()).ifPresent(ProcessHandle::destroyForcibly);
          strays++;
        }
      }
      remove(file);
    }
    int marked = Marked.kill(List.copyOf(deadLives));
    if (marked > 0) {
      LOG.warn("killed {} marked processes of an earlier Leat", marked);
    }
    return strays;
  }

  private Path file(long pid) {
    return directory.resolve(pid + "-" + life);
  }

  private List<Path> files() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return new ArrayList<>(list.toList());
    } catch (IOException e) {
      LOG.warn("cannot look for strays in {}", directory, e);
      return List.of();
    }
  }

  private static @Nullable Entry parse(Path file) {
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      if (words.length == 5) {
        return new Entry(
            new ProcessIdentity(Long.parseLong(words[0]), words[1]),
            new ProcessIdentity(Long.parseLong(words[2]), words[3]),
            words[4]);
      }
      LOG.warn("{} is not an instance record; removing it", file);
    } catch (IOException | NumberFormatException e) {
      LOG.warn("{} is not an instance record; removing it", file, e);
    }
    return null;
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot remove {}", file, e);
    }
  }
}

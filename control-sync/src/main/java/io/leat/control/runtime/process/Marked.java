package io.leat.control.runtime.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds processes by the marker that every supervised process inherits in its environment, which
 * also reaches those that left their process group. Finds none where there is no procfs.
 */
final class Marked {

  /** Name of the variable that carries the marker. */
  static final String VARIABLE = "LEAT_INSTANCE";

  private static final Logger LOG = LoggerFactory.getLogger(Marked.class);
  private static final Path PROC = Path.of("/proc");
  private static final int ROUNDS = 5;

  private Marked() {}

  /** Kills every process whose marker is one of these; those that end in a slash are prefixes. */
  static int kill(List<String> markers) {
    Set<ProcessHandle> killed = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      // A process can fork between the look and the signal, so look until nothing new turns up.
      List<ProcessHandle> found = find(markers);
      found.forEach(ProcessHandle::destroyForcibly);
      if (!killed.addAll(found)) {
        break;
      }
    }
    return killed.size();
  }

  private static List<ProcessHandle> find(List<String> markers) {
    List<ProcessHandle> found = new ArrayList<>();
    if (markers.isEmpty() || !Files.isDirectory(PROC.resolve("self"))) {
      return found;
    }
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (pid != self && carries(entry.resolve("environ"), markers)) {
          ProcessHandle.of(pid).ifPresent(found::add);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("cannot list the processes of this machine", e);
    }
    return found;
  }

  private static boolean carries(Path environ, List<String> markers) {
    String text;
    try {
      text = "\0" + new String(Files.readAllBytes(environ), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Ended meanwhile, or belongs to someone else: not ours either way.
      return false;
    }
    for (String marker : markers) {
      String entry = "\0" + VARIABLE + "=" + marker;
      if (text.contains(marker.endsWith("/") ? entry : entry + "\0")) {
        return true;
      }
    }
    return false;
  }
}

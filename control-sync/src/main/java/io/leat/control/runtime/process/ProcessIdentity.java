package io.leat.control.runtime.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names one process for good: pids are reused, a pid together with its start time is not.
 *
 * @param pid the process id
 * @param start an opaque token of the start time, without blanks; on Linux the boot id and the
 *     start tick, which no clock adjustment moves
 */
record ProcessIdentity(long pid, String start) {

  private static final @Nullable String BOOT_ID = bootId();

  /** The process that has this pid now, or null when none runs (a zombie does not run). */
  static @Nullable ProcessIdentity of(long pid) {
    String start = BOOT_ID == null ? portableStart(pid) : linuxStart(pid, BOOT_ID);
    return start == null ? null : new ProcessIdentity(pid, start);
  }

  /** Whether exactly this process still runs. */
  boolean alive() {
    return equals(of(pid));
  }

  private static @Nullable String portableStart(long pid) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(handle -> handle.info().startInstant())
        .map(instant -> Long.toString(instant.toEpochMilli()))
        .orElse(null);
  }

  /** proc_pid_stat(5): field 3 is the state and field 22 the start tick, counted after the name. */
  private static @Nullable String linuxStart(long pid, String bootId) {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    if (stat == null) {
      return null;
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    boolean gone = fields[0].equals("Z") || fields[0].equals("X");
    return gone || fields.length < 20 ? null : bootId + ":" + fields[19];
  }

  private static @Nullable String bootId() {
    String id = read(Path.of("/proc/sys/kernel/random/boot_id"));
    return id == null ? null : id.strip();
  }

  /** An unreadable file is an answer here: there is no such process, or no procfs. */
  private static @Nullable String read(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return null;
    }
  }
}

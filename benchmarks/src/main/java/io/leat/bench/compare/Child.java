package io.leat.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process that this run started, with its descendants, and what the kernel charges it. */
public final class Child implements AutoCloseable {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  // USER_HZ, which Linux fixes at 100 for what it shows in /proc.
  private static final long NANOS_PER_TICK = 10_000_000;

  /** CPU time of processes in nanoseconds, by where it was spent. */
  public record Times(long user, long system) {
    Times plus(Times other) {
      return new Times(user + other.user, system + other.system);
    }

    /** What was spent after an earlier look. */
    public Times since(Times earlier) {
      return new Times(user - earlier.user, system - earlier.system);
    }

    /** Both. */
    public long total() {
      return user + system;
    }
  }

  private final Process process;
  private final Path log;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a command on one processor, its output in a file. */
  public static Child pinned(int processor, Path log, List<String> command) throws IOException {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(processor)));
    pinned.addAll(command);
    return started(log, pinned);
  }

  /** Starts a command, its output in a file. */
  public static Child started(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    return new Child(process, log);
  }

  /** CPU time so far of the process and its live descendants, in nanoseconds. */
  long cpuNanos() {
    return pids().mapToLong(Child::scheduledNanos).sum();
  }

  /**
   * User and system time so far of the process and its live descendants. In steps of 10 ms, but
   * with the threads that have ended, which {@link #cpuNanos} no longer sees.
   */
  public Times times() {
    return pids().map(Child::times).reduce(new Times(0, 0), Times::plus);
  }

  /** The process that runs a Java virtual machine: this one or, behind a launcher, its child. */
  OptionalLong java() {
    return pids().filter(Child::runsJava).mapToLong(pid -> pid).findFirst();
  }

  /** Resident memory of the process and its live descendants, in bytes. */
  public long residentBytes() {
    return pids().mapToLong(Child::resident).sum();
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** What it wrote so far. */
  public String output() throws IOException {
    return Files.readString(log);
  }

  private Stream<Long> pids() {
    return Stream.concat(Stream.of(process.pid()), process.descendants().map(ProcessHandle::pid));
  }

  // schedstat counts nanoseconds per thread, where stat has only ticks of 10 ms.
  private static long scheduledNanos(long pid) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      long sum = 0;
      for (Path task : tasks.toList()) {
        sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Times times(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The second field is the program's name and may hold spaces: count from its end.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new Times(
          Long.parseLong(fields[11]) * NANOS_PER_TICK, Long.parseLong(fields[12]) * NANOS_PER_TICK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean runsJava(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "exe")).endsWith("java");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long resident(long pid) {
    try {
      Matcher matcher =
          RESIDENT.matcher(
              Files.readString(
                  Path.of("/proc", Long.toString(pid), "status"), StandardCharsets.US_ASCII));
      return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process and its descendants; waits at most 10 s before it ends them by force. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

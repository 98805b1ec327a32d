package io.leat.control.runtime.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts every child of this JVM, on one thread that lives as long as the children may.
 *
 * <p>One thread, because the kernel's parent-death signal fires when the <em>thread</em> that
 * started a process ends. Before the first child it finds out what the machine offers, starts the
 * watchdog and reaps what an earlier life left behind. Any thread may call.
 */
public final class Spawner implements AutoCloseable {

  /** POSIX puts a shell here on every system Leat runs on. */
  static final String SHELL = "/bin/sh";

  private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);
  private static final AtomicInteger LIVES = new AtomicInteger();
  private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final String life;
  private final CompletableFuture<Supervision> supervision = new CompletableFuture<>();
  private volatile boolean closed;

  private record Supervision(Containment containment, Watchdog watchdog, PidFiles files) {}

  /**
   * Begins at once in the background.
   *
   * @param directory holds the records of running children; created when missing
   */
  public Spawner(Path directory) {
    this(directory, () -> Containment.detect(System.getenv("PATH")));
  }

  /** For tests of machines that offer less. */
  Spawner(Path directory, Supplier<Containment> detection) {
    long pid = ProcessHandle.current().pid();
    ProcessIdentity known = ProcessIdentity.of(pid);
    ProcessIdentity self = known == null ? new ProcessIdentity(pid, "unknown") : known;
    this.life =
        pid + "-" + Integer.toHexString(self.start().hashCode()) + "-" + LIVES.incrementAndGet();
    this.thread = Thread.ofPlatform().daemon().name("leat-spawner").unstarted(this::run);
    work.add(() -> supervise(directory, self, detection));
    thread.start();
  }

  /**
   * Starts a program; the future fails with an IOException when the system refuses.
   *
   * @param output receives stdout and stderr
   */
  public CompletableFuture<Child> spawn(Launch launch, Output output) {
    return spawn(launch, output, null);
  }

  /**
   * Starts a program; the future fails with an IOException when the system refuses.
   *
   * @param output receives stdout
   * @param errors receives stderr; null has the output receive it as well
   */
  public CompletableFuture<Child> spawn(Launch launch, Output output, @Nullable Output errors) {
    CompletableFuture<Child> result = new CompletableFuture<>();
    if (closed) {
      result.completeExceptionally(new IOException("Leat is stopping"));
      return result;
    }
    work.add(() -> {
      try {
        result.complete(start(launch, output, errors));
      } catch (IOException | RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  /** Kills the processes that a child of this name forked and that left its process group. */
  public int sweep(String name) {
    return Marked.kill(List.of(life + "/" + name));
  }

  /** Kills every child that is left, then ends the watchdog and the thread; takes at most 5 s. */
  @Override
  public void close() {
    closed = true;
    work.add(() -> {
      Supervision ready = supervision.getNow(null);
      if (ready != null) {
        ready.watchdog().close();
      }
      throw new Stop();
    });
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The pid of the watchdog, or -1; for tests that kill it. */
  long watchdogPid() {
    return supervision.join().watchdog().pid();
  }

  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void run() {
    while (true) {
      try {
        work.take().run();
      } catch (Stop e) {
        return;
      } catch (InterruptedException e) {
        LOG.debug("the spawning thread ignores interrupts: its end would kill every child", e);
      } catch (RuntimeException | Error e) {
        LOG.error("a process could not be started", e);
      }
    }
  }

  private void supervise(Path directory, ProcessIdentity self, Supplier<Containment> detection) {
    try {
      prepare(directory, self, detection.get());
    } catch (RuntimeException e) {
      supervision.completeExceptionally(e);
      throw e;
    }
  }

  private void prepare(Path directory, ProcessIdentity self, Containment containment) {
    Watchdog watchdog = new Watchdog(containment, Marked.VARIABLE + "=" + life + "/");
    watchdog.start();
    PidFiles files = new PidFiles(directory, life, self);
    files.reap(containment.ownGroup() ? watchdog::kill : Spawner::killTree);
    supervision.complete(new Supervision(containment, watchdog, files));
  }

  private static void killTree(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(leader -> leader.descendants().forEach(ProcessHandle::destroyForcibly));
  }

  private Child start(Launch launch, Output output, @Nullable Output errors) throws IOException {
    Supervision ready = supervision.join();
    List<String> prefix = new ArrayList<>(ready.containment().prefix());
    List<String> command = new ArrayList<>();
    ProcessBuilder builder = new ProcessBuilder().directory(launch.directory().toFile());
    Map<String, String> env = builder.environment();
    env.clear();
    launch.env().forEach((name, value) -> put(env, command, name, value));
    env.put(Marked.VARIABLE, life + "/" + launch.name());
    if (!command.isEmpty()) {
      command.addFirst("/usr/bin/env");
    }
    command.addAll(launch.command());
    Process process =
        builder.command(Child.wrap(prefix, command)).redirectErrorStream(errors == null).start();
    Child child =
        new Child(process, ready.containment().ownGroup(), ready.watchdog(), ready.files());
    try {
      child.watch(launch.name(), output);
      if (errors != null) {
        child.watchErrors(launch.name(), errors);
      }
    } catch (RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
    return child;
  }

  /** A shell drops variables whose names it cannot spell, such as {@code a.b}; env(1) does not. */
  private static void put(
      Map<String, String> env, List<String> command, String name, String value) {
    if (SHELL_NAME.matcher(name).matches()) {
      env.put(name, value);
    } else {
      command.add(name + "=" + value);
    }
  }
}

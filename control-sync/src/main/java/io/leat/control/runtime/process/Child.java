package io.leat.control.runtime.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One supervised process, leader of a process group where the machine allows it.
 *
 * <p>Its own program runs only after the watchdog guards the group: the wrapping shell says hello
 * on stdout, waits for a line on stdin, and becomes the program. A Leat that dies in between leaves
 * an end of file there, and the shell exits. Any thread may call.
 */
public final class Child {

  private static final Logger LOG = LoggerFactory.getLogger(Child.class);
  private static final int CHUNK = 16 * 1024;
  private static final long READER_STACK = 256 * 1024;

  private final Process process;
  private final boolean ownGroup;
  private final Watchdog watchdog;
  private final PidFiles files;
  private final CompletableFuture<Integer> exited = new CompletableFuture<>();
  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
  private boolean released;
  private boolean cancelled;

  Child(Process process, boolean ownGroup, Watchdog watchdog, PidFiles files) {
    this.process = process;
    this.ownGroup = ownGroup;
    this.watchdog = watchdog;
    this.files = files;
  }

  void watch(String name, Output output) {
    // A blocking pipe read holds its carrier, so a virtual thread would gain nothing here.
    Thread.ofPlatform()
        .daemon()
        .name("leat-output-" + name)
        .stackSize(READER_STACK)
        .start(() -> read(output));
    Thread.ofVirtual().name("leat-wait-" + name).start(this::await);
  }

  /** Reads a stderr of its own, beside the output. */
  void watchErrors(String name, Output errors) {
    Thread.ofPlatform()
        .daemon()
        .name("leat-errors-" + name)
        .stackSize(READER_STACK)
        .start(() -> readErrors(errors));
  }

  /** The process id, and the id of the process group. */
  public long pid() {
    return process.pid();
  }

  /** Completes with the exit code (128 + signal when killed) once the process has ended. */
  public CompletableFuture<Integer> exited() {
    return exited.copy();
  }

  /** Completes once all output was taken: after the last holder of the pipe ended. */
  public CompletableFuture<Boolean> drained() {
    return drained.copy();
  }

  /** Asks the whole group to end (SIGTERM). */
  public void terminate() {
    synchronized (this) {
      cancelled = true;
      if (!released) {
        closeInput();
        return;
      }
    }
    if (ownGroup) {
      watchdog.terminate(pid());
    } else {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  /** Ends the whole group (SIGKILL). */
  public void kill() {
    synchronized (this) {
      cancelled = true;
    }
    if (ownGroup) {
      watchdog.kill(pid());
    } else {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
  }

  private void read(Output output) {
    try (InputStream in = process.getInputStream()) {
      if (in.read() == '\n' && release()) {
        byte[] chunk = new byte[CHUNK];
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
          output.accept(chunk, length);
        }
      }
    } catch (IOException e) {
      LOG.debug("the output of process {} ended early", pid(), e);
    } finally {
      output.end();
      drained.complete(true);
    }
  }

  private void readErrors(Output errors) {
    try (InputStream in = process.getErrorStream()) {
      byte[] chunk = new byte[CHUNK];
      for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        errors.accept(chunk, length);
      }
    } catch (IOException e) {
      LOG.debug("the errors of process {} ended early", pid(), e);
    } finally {
      errors.end();
    }
  }

  /** Lets the program run, after everything that ends it is in place. */
  private synchronized boolean release() throws IOException {
    if (cancelled) {
      return false;
    }
    files.write(pid());
    watchdog.guard(pid());
    released = true;
    OutputStream in = process.getOutputStream();
    in.write('\n');
    in.close();
    return true;
  }

  private void await() {
    int code;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    boolean ran;
    synchronized (this) {
      cancelled = true;
      ran = released;
    }
    if (ran) {
      watchdog.release(pid());
      files.delete(pid());
    }
    exited.complete(code);
  }

  private void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debug("process {} ended before it was stopped", pid(), e);
    }
  }

  /** The command line of the wrapper around a program. */
  static List<String> wrap(List<String> prefix, List<String> command) {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(List.of(Spawner.SHELL, "-c", "echo; read -r go && exec \"$@\" </dev/null", "leat"));
    line.addAll(command);
    return line;
  }
}

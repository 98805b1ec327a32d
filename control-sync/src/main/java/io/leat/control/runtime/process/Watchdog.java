package io.leat.control.runtime.process;

import io.leat.proxy.telemetry.Ticker;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tiny shell process that signals process groups on request, and kills all of them once this JVM
 * is gone, however it went.
 *
 * <p>It reads one line per order from a pipe: {@code +GROUP} guards a group, {@code -GROUP} kills
 * what is left of one and forgets it, {@code TGROUP} and {@code KGROUP} send SIGTERM and SIGKILL.
 * The kernel closes the pipe when the JVM ends; at that end of file every guarded group dies, and
 * so does every process that carries this life's marker in its environment (a daemon that left its
 * group). A watchdog that dies is replaced and told all groups again.
 *
 * <p>Any thread may call; orders take effect in the order of the calls.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      groups=' '
      while read -r line; do
        group=${line#?}
        case $line in
          +*) groups="$groups$group " ;;
          -*) test -n "$2" && kill -s KILL -- "$2$group"
              case $groups in
                *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;;
              esac ;;
          T*) kill -s TERM -- "$2$group" ;;
          K*) kill -s KILL -- "$2$group" ;;
        esac
      done
      for group in $groups; do kill -s KILL -- "$2$group"; done
      for round in 1 2 3; do
        marked=$(grep -lsF "$1" /proc/[0-9]*/environ)
        test -n "$marked" || exit 0
        for file in $marked; do
          pid=${file#/proc/}
          kill -s KILL "${pid%/environ}"
        done
      done
      """;

  private final Ticker ticker = Ticker.system();
  private final List<String> command;
  private final Set<Long> groups = new LinkedHashSet<>();
  private @Nullable Process process;
  private boolean closed;

  /**
   * A watchdog that starts with its first order.
   *
   * @param containment gives it a session of its own, so that no terminal signal reaches it; where
   *     children have no groups, orders go to their leaders alone
   * @param marker environment entry that every supervised process carries
   */
  Watchdog(Containment containment, String marker) {
    List<String> line = new ArrayList<>(containment.session());
    String target = containment.ownGroup() ? "-" : "";
    line.addAll(List.of(Spawner.SHELL, "-c", SCRIPT, "leat-watchdog", marker, target));
    this.command = List.copyOf(line);
  }

  /** Starts the process now, so that the first child need not wait for it. */
  synchronized void start() {
    send("");
  }

  /** Guards a group from now on: the order is in the pipe when this returns. */
  synchronized void guard(long group) {
    if (groups.add(group)) {
      send("+" + group + "\n");
    }
  }

  /** Kills what is left of a group whose leader ended, and forgets it. */
  synchronized void release(long group) {
    if (groups.remove(group)) {
      send("-" + group + "\n");
    }
  }

  synchronized void terminate(long group) {
    send("T" + group + "\n");
  }

  synchronized void kill(long group) {
    send("K" + group + "\n");
  }

  /** Ends the watchdog; whatever group is still guarded dies with it. */
  @Override
  public void close() {
    Process last;
    synchronized (this) {
      closed = true;
      last = process;
      process = null;
    }
    if (last == null) {
      return;
    }
    try {
      last.getOutputStream().close();
      if (!last.waitFor(2, TimeUnit.SECONDS)) {
        LOG.warn("the watchdog did not end within 2 s and is killed");
        last.destroyForcibly();
      }
    } catch (IOException e) {
      LOG.warn("cannot close the pipe of the watchdog", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The pid of the running watchdog, or -1; for tests that kill it. */
  synchronized long pid() {
    return process == null ? -1 : process.pid();
  }

  private void send(String order) {
    if (closed) {
      return;
    }
    for (int attempt = 0; attempt < 2; attempt++) {
      try {
        OutputStream pipe = running().getOutputStream();
        pipe.write(order.getBytes(StandardCharsets.US_ASCII));
        pipe.flush();
        return;
      } catch (IOException e) {
        LOG.warn("the watchdog does not take orders; starting another", e);
        discard();
      }
    }
  }

  private Process running() throws IOException {
    if (process != null && process.isAlive()) {
      return process;
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    String path = builder.environment().get("PATH");
    builder.environment().clear();
    if (path != null) {
      builder.environment().put("PATH", path);
    }
    Process started = builder.start();
    process = started;
    long born = ticker.nanos();
    Thread.ofVirtual().name("leat-watchdog-wait").start(() -> replaceAfter(started, born));
    StringBuilder all = new StringBuilder();
    groups.forEach(group -> all.append('+').append((long) group).append('\n'));
    started.getOutputStream().write(all.toString().getBytes(StandardCharsets.US_ASCII));
    started.getOutputStream().flush();
    return started;
  }

  /** A watchdog that dies at once each time must not turn into a fork loop. */
  private void replaceAfter(Process watched, long born) {
    try {
      int code = watched.waitFor();
      boolean shortLived = ticker.nanos() - born < Duration.ofSeconds(1).toNanos();
      if (shortLived) {
        Thread.sleep(Duration.ofSeconds(1));
      }
      synchronized (this) {
        if (!closed && watched.equals(process)) {
          LOG.warn("the watchdog ended with code {}; starting another", code);
          discard();
          send("");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void discard() {
    if (process != null) {
      process.destroyForcibly();
      process = null;
    }
  }
}

package io.leat.control.module.process;

import io.leat.control.module.LogBook;
import io.leat.control.module.Urn;
import io.leat.control.module.tail.LineTail;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.LocalProcesses;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of the module, apart from those of revisions, and what they write as log lines.
 *
 * <p>Used by any thread. Nothing is started before the first process is wanted: a Leat without such
 * resources has neither a second watchdog nor a thread for them.
 */
public final class ProcessRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessRuntime.class);
  private static final long TAIL_MILLIS = 300;
  private static final int MAX_LINES = 500;

  private final Supplier<LocalProcesses> maker;
  private final Supplier<ScheduledExecutorService> timers;
  private final LogBook logs;
  private final Map<Urn, Followed> followed = new ConcurrentHashMap<>();
  private @Nullable LocalProcesses processes;
  private @Nullable ScheduledExecutorService timer;
  private boolean closed;

  /** A log file and how far it was read; the offset belongs to the timer. */
  private static final class Followed {
    final Path file;
    long offset;

    Followed(Path file, long offset) {
      this.file = file;
      this.offset = offset;
    }
  }

  /**
   * A runtime that starts with the first process.
   *
   * @param maker gives the processes, with a directory of their own; called at most once
   * @param timers gives one thread for reading logs; called at most once
   */
  public ProcessRuntime(
      Supplier<LocalProcesses> maker, Supplier<ScheduledExecutorService> timers, LogBook logs) {
    this.maker = maker;
    this.timers = timers;
    this.logs = logs;
  }

  private synchronized LocalProcesses processes() {
    LocalProcesses known = processes;
    if (known == null) {
      if (closed) {
        throw new IllegalStateException("Leat is stopping");
      }
      known = maker.get();
      processes = known;
      ScheduledExecutorService reading = timers.get();
      timer = reading;
      var _ =
          reading.scheduleWithFixedDelay(
              this::readLogs, TAIL_MILLIS, TAIL_MILLIS, TimeUnit.MILLISECONDS);
    }
    return known;
  }

  void ensure(Urn urn, RevisionId id, InstanceTemplate template, int instances) {
    LocalProcesses running = processes();
    followed.computeIfAbsent(urn, _ -> new Followed(running.logFile(id), size(running, id)));
    running.ensure(id, template, instances);
  }

  private static long size(LocalProcesses running, RevisionId id) {
    try {
      Path file = running.logFile(id);
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      LOG.debug("the log of {} has no size", id, e);
      return 0;
    }
  }

  void remove(Urn urn, RevisionId id) {
    processes().remove(id);
    if (!observe(id).instances().isEmpty()) {
      return;
    }
    Followed last = followed.remove(urn);
    if (last != null) {
      read(urn, last);
    }
  }

  RuntimeObservation observe(RevisionId id) {
    return processes().observe(id);
  }

  Path logFile(RevisionId id) {
    return processes().logFile(id);
  }

  private void readLogs() {
    followed.forEach(this::read);
  }

  private void read(Urn urn, Followed log) {
    synchronized (log) {
      try {
        LineTail.Batch batch;
        do {
          batch = LineTail.read(log.file, log.offset, MAX_LINES);
          log.offset = batch.offset();
          for (byte[] line : batch.lines()) {
            logs.add(urn, "process", new String(line, StandardCharsets.UTF_8));
          }
        } while (!batch.lines().isEmpty());
      } catch (IOException e) {
        LOG.debug("{} cannot be read now", log.file, e);
      }
    }
  }

  /** Stops every process. */
  @Override
  public void close() {
    LocalProcesses last;
    synchronized (this) {
      closed = true;
      last = processes;
      ScheduledExecutorService reading = timer;
      if (reading != null) {
        reading.shutdownNow();
      }
    }
    if (last != null) {
      last.close();
    }
  }
}

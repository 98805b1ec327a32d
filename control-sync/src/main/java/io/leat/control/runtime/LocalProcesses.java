package io.leat.control.runtime;

import io.leat.control.runtime.process.RevisionLog;
import io.leat.control.runtime.process.Spawner;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every instance as a process of this machine, on a port of its own on 127.0.0.1; no process
 * outlives this JVM, however it ends.
 *
 * <p>Instances are observed in the order they were started, and scaling down stops from the end of
 * that list; a caller that drains takes the same ones out of its table first. All state belongs to
 * one thread; observations are immutable and may be read from any.
 */
public final class LocalProcesses implements RevisionRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(LocalProcesses.class);
  private static final Duration CLOSE_SLACK = Duration.ofSeconds(2);

  private final Path logs;
  private final LocalContext context;
  private final Map<RevisionId, LocalRevision> revisions = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean closing;

  /**
   * Begins at once: strays of an earlier life are reaped before the first instance starts.
   *
   * @param stateDir holds {@code logs/NAMESPACE/REVISION.log} and {@code instances/}
   * @param coldStarts told about every instance that becomes ready, on a runtime thread
   */
  public LocalProcesses(
      Path stateDir,
      LocalProcessSettings settings,
      InstantSource clock,
      Ticker ticker,
      Consumer<ColdStart> coldStarts) {
    this.logs = stateDir.resolve("logs");
    Spawner spawner = new Spawner(stateDir.resolve("instances"));
    this.context = new LocalContext(settings, spawner, new Changes(coldStarts), ticker, clock);
  }

  /** Does nothing once closed. A revision that was removed a moment ago begins anew. */
  @Override
  public void ensure(RevisionId revision, InstanceTemplate template, int instances) {
    if (instances < 0) {
      throw new IllegalArgumentException("instances must not be negative: " + instances);
    }
    Path file = logFile(revision);
    context.run(() -> {
      if (!closing) {
        revisions
            .computeIfAbsent(revision, id -> create(id, template, file))
            .ensure(template, instances);
      }
    });
  }

  @Override
  public void remove(RevisionId revision) {
    context.run(() -> {
      LocalRevision known = revisions.get(revision);
      if (known != null) {
        known.forget();
        dropIfOver(revision, known);
      }
    });
  }

  @Override
  public RuntimeObservation observe(RevisionId revision) {
    LocalRevision known = revisions.get(revision);
    return known == null ? RuntimeObservation.NONE : known.observation();
  }

  @Override
  public void onChange(Consumer<RevisionId> listener) {
    context.changes.listen(listener);
  }

  /**
   * Where the output of a revision goes; rotated files are beside it with {@code .1}, {@code .2} …
   * appended. The file may not exist yet.
   */
  public Path logFile(RevisionId revision) {
    requirePlain(revision.namespace());
    requirePlain(revision.name());
    return logs.resolve(revision.namespace()).resolve(revision.name() + ".log");
  }

  /** Bytes of output of a revision that the disk did not take. */
  public long droppedLogBytes(RevisionId revision) {
    LocalRevision known = revisions.get(revision);
    return known == null ? 0 : known.log().droppedBytes();
  }

  /**
   * Stops all instances in parallel and waits for them: at most the close grace of the settings
   * plus a few seconds, after which whatever is left is killed. Not to be called by a listener.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    Duration grace = context.settings.closeGrace();
    context.run(() -> shutDown(grace));
    try {
      if (!stopped.await(grace.plus(CLOSE_SLACK).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("instances that did not end within {} ms are killed", grace.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.spawner.close();
    context.end();
  }

  private void shutDown(Duration grace) {
    closing = true;
    for (LocalRevision revision : List.copyOf(revisions.values())) {
      revision.shutDown(grace);
    }
    revisions.forEach(this::dropIfOver);
    if (revisions.isEmpty()) {
      stopped.countDown();
    }
  }

  private LocalRevision create(RevisionId id, InstanceTemplate template, Path file) {
    RevisionLog log =
        new RevisionLog(file, context.settings.logFileBytes(), context.settings.logFiles());
    return new LocalRevision(context, id, template, log, () -> over(id));
  }

  private void over(RevisionId id) {
    revisions.remove(id);
    if (closing && revisions.isEmpty()) {
      stopped.countDown();
    }
  }

  private void dropIfOver(RevisionId id, LocalRevision revision) {
    if (revision.isOver()) {
      revisions.remove(id);
    }
  }

  /** Revision names are DNS labels; anything else could leave the directory of the logs. */
  private static void requirePlain(String name) {
    if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not a name: " + name);
    }
  }
}

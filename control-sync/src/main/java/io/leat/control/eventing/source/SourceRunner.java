package io.leat.control.eventing.source;

import io.leat.control.eventing.source.emit.EventSink;
import io.leat.control.eventing.source.emit.SourceTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Sources that run equal to those that are wanted, each on a virtual thread of its own. A
 * Source that is not wanted emits nothing: whoever tells what is wanted leaves out those whose
 * Channel is not ready.
 *
 * <p>Any thread may call.
 */
public final class SourceRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceRunner.class);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

  private final Path stateDir;
  private final EventSink sink;
  private final SourceTime time;
  private final RandomGenerator random;
  private final SharedParts shared;
  private final Map<String, SourceRun> runs = new ConcurrentHashMap<>();
  private final Map<String, SourceRun> ending = new ConcurrentHashMap<>();
  private final Map<String, Refused> refused = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private boolean closed;

  private record Refused(SourceSpec spec, SourceStatus status) {}

  /**
   * A runner without Sources.
   *
   * @param stateDir folder for how far Sources came; created with the first need
   * @param sink takes the events; it stays open when the runner is closed
   * @param random makes ids of events differ from those of an earlier life
   */
  public SourceRunner(Path stateDir, EventSink sink, SourceTime time, RandomGenerator random) {
    this.stateDir = stateDir;
    this.sink = sink;
    this.time = time;
    this.random = random;
    this.shared = new SharedParts(stateDir.resolve("processes"));
  }

  /**
   * Tells of each change of a state or last error, by the key of the Source, on any thread; it must
   * be quick.
   */
  public void onChange(Consumer<String> listener) {
    listeners.add(listener);
  }

  /**
   * Makes the running Sources equal to these, by {@code namespace/name}: returns at once. A Source
   * that is wanted no more ends within a second; one that is wanted in another way is replaced by
   * another, which begins when it has ended. Does nothing once closed.
   */
  public synchronized void apply(Map<String, SourceSpec> wanted) {
    if (closed) {
      return;
    }
    ending.values().removeIf(SourceRun::hasEnded);
    for (String key : List.copyOf(runs.keySet())) {
      SourceRun run = runs.get(key);
      if (run != null && !run.spec().equals(wanted.get(key))) {
        run.stop();
        ending.put(key, run);
        runs.remove(key);
      }
    }
    refused.entrySet().removeIf(each -> !each.getValue().spec().equals(wanted.get(each.getKey())));
    wanted.forEach((key, spec) -> {
      if (!runs.containsKey(key) && !refused.containsKey(key)) {
        start(key, spec);
      }
    });
  }

  private void start(String key, SourceSpec spec) {
    Optional<SourceProvisioner> provisioner = SourceProvisioner.named(spec.provisioner());
    List<String> problems =
        provisioner
            .map(known -> known.problems(spec.arguments()))
            .orElseGet(() -> List.of("provisioner: " + spec.provisioner() + " is not known"));
    if (provisioner.isEmpty() || !problems.isEmpty()) {
      String error = String.join("; ", problems);
      refused.put(key, new Refused(spec, SourceStatus.invalid(error)));
      tell(key);
      return;
    }
    FeedPlace place = new FeedPlace(key, spec, stateDir, time, shared);
    Outlet outlet = new Outlet(spec.sink(), sink, time, random, () -> tell(key));
    SourceRun run = new SourceRun(place, provisioner.get().feed(place), outlet, ending.get(key));
    runs.put(key, run);
    run.start();
  }

  private void tell(String key) {
    for (Consumer<String> listener : listeners) {
      try {
        listener.accept(key);
      } catch (RuntimeException e) {
        // A Source must not repeat an event because somebody could not hear of it.
        LOG.error("a listener failed for source {}", key, e);
      }
    }
  }

  /** What a wanted Source is at; empty when it is not wanted. */
  public Optional<SourceStatus> status(String key) {
    SourceRun run = runs.get(key);
    if (run != null) {
      return Optional.of(run.status());
    }
    return Optional.ofNullable(refused.get(key)).map(Refused::status);
  }

  /** What every wanted Source is at. */
  public Map<String, SourceStatus> statuses() {
    Map<String, SourceStatus> all = new HashMap<>();
    runs.forEach((key, run) -> all.put(key, run.status()));
    refused.forEach((key, each) -> all.put(key, each.status()));
    return all;
  }

  /** Whether nothing of a Source runs any more: it is not wanted, and its last run has ended. */
  public boolean hasEnded(String key) {
    SourceRun last = ending.get(key);
    return !runs.containsKey(key) && (last == null || last.hasEnded());
  }

  /**
   * Forgets how far a Source came, because it is deleted and not only at rest.
   *
   * @throws IllegalStateException while it runs
   */
  public synchronized void forget(String key) throws IOException {
    if (!hasEnded(key)) {
      throw new IllegalStateException(key + " still runs");
    }
    FeedPlace.stateFile(stateDir, key).delete();
  }

  /** Stops every Source and waits, at most a few seconds; programs that are left are killed. */
  @Override
  public void close() {
    synchronized (this) {
      apply(Map.of());
      closed = true;
    }
    try {
      for (var each : ending.entrySet()) {
        if (!each.getValue().await(LONGEST_STOP)) {
          LOG.warn("source {} did not end within {} ms", each.getKey(), LONGEST_STOP.toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shared.close();
  }
}

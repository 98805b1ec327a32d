package io.leat.control.store;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.jobs.JobBook;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import io.leat.control.store.jobs.RetryRules;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A store that lives as long as the process; used by any thread. */
public final class MemoryStore extends EngineStore {
  private final JobBook jobs;
  private final StoreEngine engine;

  /**
   * An empty store.
   *
   * @param clock for creation and transition times
   * @param uids gives a new unique id per call
   */
  public MemoryStore(InstantSource clock, Supplier<String> uids) {
    this(
        new StoreEngine.Settings(clock, uids, DEFAULT_RETAINED_EVENTS),
        RetryRules.standard(() -> 1));
  }

  /** An empty store that retains as many events, and retries jobs, as it is told. */
  public MemoryStore(StoreEngine.Settings settings, RetryRules retries) {
    this(settings, retries, Collections.emptyIterator(), 0);
  }

  private MemoryStore(
      StoreEngine.Settings settings,
      RetryRules retries,
      Iterator<Resource> resources,
      long version) {
    this.jobs = JobBook.inMemory(settings.clock(), retries);
    this.engine = new StoreEngine(settings, new Recollection(jobs), resources, version);
  }

  /** The jobs beside the resources. */
  public JobStore jobs() {
    return jobs;
  }

  @Override
  protected StoreEngine engine() {
    return engine;
  }

  /** History in memory; a lock guards it. */
  private static final class Recollection implements StoreEngine.Journal {
    private final JobBook jobs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ResourceKey, Deque<HistoryEntry>> histories = new HashMap<>();

    Recollection(JobBook jobs) {
      this.jobs = jobs;
    }

    @Override
    public void commit(List<StoreEngine.Change> changes, List<JobRequest> requests) {
      lock.lock();
      try {
        jobs.enqueueAll(requests, _ -> changes.forEach(this::remember));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void published() {
      jobs.reveal();
    }

    private void remember(StoreEngine.Change change) {
      ResourceKey key = change.event().resource().key();
      if (change.event().after() == null) {
        histories.remove(key);
      }
      HistoryEntry entry = change.history();
      if (entry != null) {
        Deque<HistoryEntry> history = histories.computeIfAbsent(key, _ -> new ArrayDeque<>());
        history.addLast(entry);
        if (history.size() > HISTORY_PER_RESOURCE) {
          history.removeFirst();
        }
      }
    }

    @Override
    public List<HistoryEntry> history(ResourceKey key) {
      lock.lock();
      try {
        return List.copyOf(histories.getOrDefault(key, new ArrayDeque<>()));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public List<ChangeEvent> events(long after, long upTo) {
      return List.of();
    }

    @Override
    public long floor() {
      return Long.MAX_VALUE;
    }
  }
}

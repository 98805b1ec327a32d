package io.leat.control.store;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.log.GroupCommit;
import io.leat.control.store.log.RetainedLog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every store has in common: writes are decided over an index in memory, made durable by a
 * journal, and only then visible.
 *
 * <p>Writers on any thread share commits; one of them leads at a time. A lock guards the index and
 * the listeners: readers and the moment of becoming visible take it, so that a reader never sees
 * half a write and never waits for the journal.
 */
public final class StoreEngine implements ResourceStore {
  private final Settings settings;
  private final Journal journal;
  private final GroupCommit<Pending> commits = new GroupCommit<>(this::carryOut);
  private final ReentrantLock lock = new ReentrantLock();
  private final Index index;
  private final Listeners listeners = new Listeners(lock);
  private final RetainedLog<ChangeEvent> log;
  private final long openedAt;

  /**
   * What a store is told when it is made.
   *
   * @param clock for creation, deletion and transition times
   * @param uids gives a new unique id per call
   * @param retainedEvents events that are kept for watches from a version, at least 1
   */
  public record Settings(InstantSource clock, Supplier<String> uids, int retainedEvents) {}

  /**
   * One change, with what the history gets to know of it.
   *
   * @param history null when neither spec nor owners changed
   */
  public record Change(ChangeEvent event, @Nullable HistoryEntry history) {}

  /** Keeps what the index need not hold. Calls of {@link #commit} follow each other. */
  public interface Journal {
    /**
     * Makes changes and the jobs that belong to them durable, all or none of them.
     *
     * @throws RuntimeException when nothing of it was kept
     */
    void commit(List<Change> changes, List<JobRequest> jobs);

    /** What was committed last can be read: its jobs may be worked on. */
    default void published() {}

    /** See {@link ResourceStore#history}. */
    List<HistoryEntry> history(ResourceKey key);

    /** The events after a version up to another that are still kept, in order, without gaps. */
    List<ChangeEvent> events(long after, long upTo);

    /** The lowest version after which every event is kept; the largest number when none is. */
    long floor();
  }

  /** What is stored, by key and by what resources say of each other; guarded by its store. */
  public interface Index extends ResourceView {
    /** One resource, or null. */
    @Nullable Resource find(ResourceKey key);

    /**
     * Puts {@code after} in the place of {@code before}.
     *
     * @param before null when nothing was indexed
     * @param after null when nothing is left
     */
    void put(@Nullable Resource before, @Nullable Resource after);
  }

  private static final class Pending {
    final Write write;
    final Author author;
    final List<JobRequest> jobs;
    @Nullable StoreOutcome outcome;

    Pending(Write write, Author author, List<JobRequest> jobs) {
      this.write = write;
      this.author = author;
      this.jobs = List.copyOf(jobs);
    }
  }

  /**
   * A store over what a journal holds.
   *
   * @param resources what is stored, at {@code version}
   */
  public StoreEngine(
      Settings settings, Journal journal, Iterator<Resource> resources, long version) {
    this(settings, journal, new ResourceIndex(), version);
    resources.forEachRemaining(resource -> index.put(null, resource));
  }

  /** A store over an index that holds what is stored at {@code version}. */
  public StoreEngine(Settings settings, Journal journal, Index index, long version) {
    this.settings = settings;
    this.journal = journal;
    this.index = index;
    this.openedAt = version;
    this.log = new RetainedLog<>(settings.retainedEvents(), version);
  }

  @Override
  public <T> T read(Function<? super ResourceView, ? extends T> reader) {
    lock.lock();
    try {
      return reader.apply(index);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long version() {
    return read(_ -> log.last());
  }

  @Override
  public StoreOutcome write(Write write, Author author, List<JobRequest> jobs) {
    Pending pending = new Pending(write, author, jobs);
    commits.submit(pending);
    if (pending.outcome == null) {
      throw new IllegalStateException("a write without an outcome: " + write);
    }
    return pending.outcome;
  }

  private void carryOut(List<Pending> batch) {
    Staging staging = new Staging(index, log.last());
    WriteRules rules = new WriteRules(staging, settings.uids(), settings.clock().instant());
    List<JobRequest> jobs = new ArrayList<>();
    for (Pending pending : batch) {
      StoreOutcome outcome = rules.apply(pending.write, pending.author);
      pending.outcome = outcome;
      if (outcome instanceof StoreOutcome.Written written && written.changed()) {
        jobs.addAll(pending.jobs);
      }
    }
    if (staging.changes().isEmpty()) {
      return;
    }
    journal.commit(staging.changes(), jobs);
    lock.lock();
    try {
      for (Change change : staging.changes()) {
        ChangeEvent event = change.event();
        log.add(event.version(), event);
        listeners.tell(event);
        // The last state of a removed resource may never have been indexed.
        index.put(index.find(event.resource().key()), event.after());
      }
    } finally {
      lock.unlock();
      journal.published();
    }
  }

  @Override
  public List<HistoryEntry> history(ResourceKey key) {
    return journal.history(key);
  }

  @Override
  public Watch watch(Consumer<ChangeEvent> listener) {
    return listeners.add(listener, List.of());
  }

  @Override
  public WatchOutcome watchFrom(long version, Consumer<ChangeEvent> listener) {
    return follow(version, null, listener);
  }

  @Override
  public WatchOutcome watchFrom(long version, Interest interest, Consumer<ChangeEvent> listener) {
    return follow(version, interest, listener);
  }

  private WatchOutcome follow(
      long version, @Nullable Interest interest, Consumer<ChangeEvent> listener) {
    // Events from before this store was opened do not change, so no lock is held to read them.
    List<ChangeEvent> earlier = version < openedAt ? journal.events(version, openedAt) : List.of();
    lock.lock();
    try {
      boolean known = version >= (log.floor() > openedAt ? log.floor() : openedAt - earlier.size());
      if (!known || version > log.last()) {
        return new WatchOutcome.Gone(floor());
      }
      List<ChangeEvent> missed = new ArrayList<>(earlier);
      missed.addAll(log.after(version));
      return new WatchOutcome.Started(listeners.add(interest, listener, missed));
    } finally {
      lock.unlock();
    }
  }

  private long floor() {
    return log.floor() > openedAt ? log.floor() : Math.min(openedAt, journal.floor());
  }
}

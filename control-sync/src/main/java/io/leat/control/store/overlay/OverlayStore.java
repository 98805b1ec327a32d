package io.leat.control.store.overlay;

import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.EngineStore;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.JobRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store over what another held at one moment: by the same rules, and nothing that is written here
 * reaches the other.
 *
 * <p>It costs what is written, here and meanwhile there, and never what is stored. Writes and reads
 * come from one thread; the other store's writers may go on. Jobs that a write would set off are
 * dropped. To be closed, or the other store goes on telling it what changes.
 */
public final class OverlayStore extends EngineStore implements AutoCloseable {
  /** Begins the uid of everything that was created here. */
  public static final String UID_PREFIX = "planned-";

  private final StoreEngine engine;
  private final Watch watch;

  private OverlayStore(StoreEngine engine, Watch watch) {
    this.engine = engine;
    this.watch = watch;
  }

  /** A store over what {@code base} holds now. */
  public static OverlayStore over(ResourceStore base, InstantSource clock) {
    OverlayIndex index = new OverlayIndex(base);
    // At one moment, so that no write is missed and none that went before is taken for one.
    return base.read(_ -> {
      long version = base.version();
      AtomicLong uids = new AtomicLong();
      StoreEngine.Settings settings =
          new StoreEngine.Settings(
              clock, () -> UID_PREFIX + uids.incrementAndGet(), DEFAULT_RETAINED_EVENTS);
      StoreEngine engine =
          new StoreEngine(settings, new Recollection(base, version), index, version);
      return new OverlayStore(engine, base.watch(index::keepBefore));
    });
  }

  @Override
  protected StoreEngine engine() {
    return engine;
  }

  @Override
  public void close() {
    watch.close();
  }

  /** The history of the other store up to the moment, and what was written here. */
  private static final class Recollection implements StoreEngine.Journal {
    private final ResourceStore base;
    private final long version;
    private final Set<ResourceKey> removed = new HashSet<>();
    private final Map<ResourceKey, List<HistoryEntry>> own = new HashMap<>();

    Recollection(ResourceStore base, long version) {
      this.base = base;
      this.version = version;
    }

    @Override
    public void commit(List<StoreEngine.Change> changes, List<JobRequest> jobs) {
      for (StoreEngine.Change change : changes) {
        ResourceKey key = change.event().resource().key();
        if (change.event().after() == null) {
          removed.add(key);
          own.remove(key);
        }
        if (change.history() != null) {
          own.computeIfAbsent(key, _ -> new ArrayList<>()).add(change.history());
        }
      }
    }

    @Override
    public List<HistoryEntry> history(ResourceKey key) {
      List<HistoryEntry> all = new ArrayList<>();
      if (!removed.contains(key)) {
        base.history(key).stream().filter(e -> e.version() <= version).forEach(all::add);
      }
      all.addAll(own.getOrDefault(key, List.of()));
      int most = Math.min(all.size(), HISTORY_PER_RESOURCE);
      return List.copyOf(all.subList(all.size() - most, all.size()));
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

package io.leat.control.store;

import io.leat.control.resource.ResourceKey;
import io.leat.control.store.jobs.JobRequest;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** A store that is a {@link StoreEngine} over some journal, and something of its own beside it. */
public abstract class EngineStore implements ResourceStore {
  /** For those whose engine is made with them. */
  protected EngineStore() {}

  /** What carries out reads and writes; the same for the store's whole life. */
  protected abstract StoreEngine engine();

  @Override
  public final <T> T read(Function<? super ResourceView, ? extends T> reader) {
    return engine().read(reader);
  }

  @Override
  public final long version() {
    return engine().version();
  }

  @Override
  public final StoreOutcome write(Write write, Author author, List<JobRequest> jobs) {
    return engine().write(write, author, jobs);
  }

  @Override
  public final List<HistoryEntry> history(ResourceKey key) {
    return engine().history(key);
  }

  @Override
  public final Watch watch(Consumer<ChangeEvent> listener) {
    return engine().watch(listener);
  }

  @Override
  public final WatchOutcome watchFrom(long version, Consumer<ChangeEvent> listener) {
    return engine().watchFrom(version, listener);
  }

  @Override
  public final WatchOutcome watchFrom(
      long version, Interest interest, Consumer<ChangeEvent> listener) {
    return engine().watchFrom(version, interest, listener);
  }
}

package io.leat.control.store;

import io.leat.control.store.jobs.JobStore;
import io.leat.control.store.jobs.RetryRules;
import java.util.concurrent.atomic.AtomicInteger;

/** The contract, kept by the store in memory. */
final class MemoryStoreTest extends ResourceStoreContract {
  private final AtomicInteger uids = new AtomicInteger();

  @Override
  protected ResourceStore open() {
    return new MemoryStore(
        new StoreEngine.Settings(now::get, () -> "uid-" + uids.incrementAndGet(), RETAINED),
        RetryRules.standard(() -> 1));
  }

  @Override
  protected JobStore jobs() {
    return ((MemoryStore) store()).jobs();
  }
}

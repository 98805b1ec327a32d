package io.leat.control.store;

import java.util.concurrent.atomic.AtomicInteger;

/** The contract, kept by the store in memory. */
final class MemoryStoreTest extends ResourceStoreContract {
  private final AtomicInteger uids = new AtomicInteger();

  @Override
  ResourceStore open() {
    return new MemoryStore(
        new StoreEngine.Settings(now::get, () -> "uid-" + uids.incrementAndGet(), RETAINED));
  }
}

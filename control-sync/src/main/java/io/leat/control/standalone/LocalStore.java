package io.leat.control.standalone;

import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.sqlite.NativeLibrary;
import io.leat.control.store.sqlite.SqliteStore;
import io.leat.control.store.sqlite.StoreOpenException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Opens the store in a state directory. */
final class LocalStore {
  private LocalStore() {}

  /**
   * Opens {@code leat.db}, or makes it.
   *
   * @throws StartFailure when it cannot be used
   */
  static SqliteStore open(Path stateDir, Consumer<String> messages) {
    try {
      NativeLibrary.keepIn(stateDir.resolve("native"));
    } catch (IOException e) {
      messages.accept("SQLite's library is unpacked for this start alone: " + e.getMessage());
    }
    SecureRandom random = new SecureRandom();
    try {
      return SqliteStore.open(
          stateDir.resolve("leat.db"),
          new StoreEngine.Settings(
              InstantSource.system(),
              () -> UUID.randomUUID().toString(),
              ResourceStore.DEFAULT_RETAINED_EVENTS),
          RetryRules.standard(random::nextDouble));
    } catch (StoreOpenException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT, e.path() + " " + e.reason().text(), List.of());
    }
  }
}

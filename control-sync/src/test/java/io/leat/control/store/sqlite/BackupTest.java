package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.RetryRules;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup holds one moment, and takes the place of a store that nobody uses. */
final class BackupTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir Path folder;

  @Test
  void aBackupOfAStoreInUseHoldsOneMoment() throws Exception {
    Path file = folder.resolve("leat.db");
    Path copy = folder.resolve("copy.db");
    try (SqliteStore store = open(file);
        ExecutorService executor = Executors.newFixedThreadPool(2)) {
      store.jobs().enqueue(JobRequest.of("sync", "shop", "{}"));
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        writers.add(executor.submit(() -> fill(store, 100)));
      }
      store.backup(copy);
      for (Future<?> writer : writers) {
        writer.get();
      }
      assertThatThrownBy(() -> store.backup(copy)).isInstanceOf(FileAlreadyExistsException.class);
    }
    Path restored = folder.resolve("elsewhere/leat.db");
    Backup.restore(copy, restored, false, CLOCK);
    try (SqliteStore store = open(restored)) {
      List<Resource> routes = store.read(view -> view.list(Kind.ROUTE));
      assertThat(store.version()).isEqualTo(routes.size());
      routes.forEach(route -> assertThat(store.history(route.key())).hasSize(1));
      assertThat(store.jobs().ofKey("shop")).hasSize(1);
    }
  }

  @Test
  void aRestoreReplacesOnlyWhatItMay() throws IOException {
    Path file = folder.resolve("leat.db");
    Path copy = folder.resolve("copy.db");
    try (SqliteStore store = open(file)) {
      fill(store, 3);
      store.backup(copy);
      fill(store, 4);
      assertThatThrownBy(() -> Backup.restore(copy, file, true, CLOCK))
          .isInstanceOfSatisfying(
              StoreOpenException.class,
              e -> assertThat(e.reason()).isInstanceOf(StoreOpenException.Reason.Locked.class));
      assertThatThrownBy(() -> Backup.of(file, folder.resolve("no.db"), CLOCK))
          .isInstanceOf(StoreOpenException.class);
    }
    assertThatThrownBy(() -> Backup.restore(copy, file, false, CLOCK))
        .isInstanceOf(FileAlreadyExistsException.class);
    Backup.restore(copy, file, true, CLOCK);
    try (SqliteStore store = open(file)) {
      assertThat(store.version()).isEqualTo(3);
    }
    Path replaced = folder.resolve("leat.db.replaced");
    Path second = folder.resolve("second.db");
    Backup.of(replaced, second, CLOCK);
    try (SqliteStore store = open(second)) {
      assertThat(store.version()).isEqualTo(7);
    }
    assertThatThrownBy(() -> Backup.of(folder.resolve("none.db"), folder.resolve("x.db"), CLOCK))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aDamagedBackupIsNotRestored() throws IOException {
    Path file = folder.resolve("leat.db");
    Path copy = folder.resolve("copy.db");
    try (SqliteStore store = open(file)) {
      fill(store, 50);
      store.backup(copy);
    }
    byte[] bytes = Files.readAllBytes(copy);
    Files.write(copy, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> Backup.restore(copy, file, true, CLOCK))
        .isInstanceOfSatisfying(
            StoreOpenException.class, e -> assertThat(e.path()).isEqualTo(copy));
    try (SqliteStore store = open(file)) {
      assertThat(store.version()).isEqualTo(50);
    }
    // A store that is beyond repair is what a backup is for.
    Files.write(copy, bytes);
    Files.write(file, new byte[5000]);
    Backup.restore(copy, file, true, CLOCK);
    try (SqliteStore store = open(file)) {
      assertThat(store.version()).isEqualTo(50);
    }
  }

  private static void fill(SqliteStore store, int resources) {
    for (int i = 0; i < resources; i++) {
      store.create(
          Resource.of(
              Kind.ROUTE,
              Metadata.of("default", UUID.randomUUID().toString()),
              new Spec.RouteSpec(List.of())));
    }
  }

  private static SqliteStore open(Path file) {
    return SqliteStore.open(
        file,
        new StoreEngine.Settings(CLOCK, () -> UUID.randomUUID().toString(), 1000),
        RetryRules.standard(() -> 1));
  }
}

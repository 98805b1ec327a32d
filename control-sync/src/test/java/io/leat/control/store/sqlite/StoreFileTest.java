package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.sqlite.StoreOpenException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be used are named with what to do, and are left as they are. */
final class StoreFileTest {
  @TempDir Path folder;

  @Test
  void aNewFileAppearsWithItsFolders() {
    Path file = folder.resolve("a/b/leat.db");
    try (SqliteStore store = open(file)) {
      assertThat(store.version()).isZero();
      assertThat(file).exists();
    }
    assertThat(StoreFile.log(file)).doesNotExist();
  }

  @Test
  void aFileThatIsInUseIsLocked() {
    Path file = folder.resolve("leat.db");
    try (SqliteStore store = open(file)) {
      fill(store, 3);
      assertThat(refused(file)).isInstanceOf(Reason.Locked.class);
      fill(store, 3);
    }
    try (SqliteStore store = open(file)) {
      assertThat(store.version()).isEqualTo(6);
    }
  }

  @Test
  void aTruncatedFileIsCorrupt() throws IOException {
    Path file = filled(200);
    long size = Files.size(file);
    for (long cut : new long[] {0, 1, 99, 100, 4096, size / 2, size - 4096, size - 1}) {
      Path copy = Files.copy(file, folder.resolve("cut-" + cut + ".db"));
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        channel.truncate(cut);
      }
      byte[] before = Files.readAllBytes(copy);
      assertThat(refused(copy)).as("cut at %s", cut).isInstanceOf(Reason.Corrupt.class);
      assertThat(Files.readAllBytes(copy)).isEqualTo(before);
    }
  }

  @Test
  void garbageIsCorrupt() throws IOException {
    Path text = Files.writeString(folder.resolve("text.db"), "x".repeat(10_000));
    assertThat(refused(text)).isInstanceOf(Reason.Corrupt.class);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path file = filled(200);
    int pages = (int) (Files.size(file) / 4096);
    for (int round = 0; round < 20; round++) {
      Path copy = Files.copy(file, folder.resolve("garbage-" + round + ".db"));
      byte[] garbage = new byte[4096];
      random.nextBytes(garbage);
      int page = 1 + random.nextInt(pages - 1);
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(garbage), page * 4096L);
      }
      assertThat(refused(copy))
          .as("seed %s page %s", seed, page)
          .isInstanceOf(Reason.Corrupt.class);
    }
  }

  @Test
  void aBitThatChangedInAResourceIsCorrupt() throws IOException {
    Path file = filled(1);
    byte[] bytes = Files.readAllBytes(file);
    // The text of an event is the same, so every place is changed.
    byte[] wanted = "generation".getBytes(StandardCharsets.UTF_8);
    int changed = 0;
    for (int i = 0; i + wanted.length < bytes.length; i++) {
      if (Stream.iterate(0, k -> k + 1).limit(wanted.length).allMatch(matches(bytes, wanted, i))) {
        bytes[i + wanted.length + 2] ^= 1;
        changed++;
      }
    }
    assertThat(changed).isPositive();
    Files.write(file, bytes);
    assertThat(refused(file)).isInstanceOf(Reason.Corrupt.class);
  }

  private static java.util.function.Predicate<Integer> matches(
      byte[] bytes, byte[] wanted, int at) {
    return k -> bytes[at + k] == wanted[k];
  }

  @Test
  void aFileThatIsMissingBesideItsLogIsCorrupt() throws IOException {
    Path file = folder.resolve("leat.db");
    Files.write(StoreFile.log(file), new byte[5000]);
    assertThat(refused(file)).isInstanceOf(Reason.Corrupt.class);
    assertThat(file).doesNotExist();
  }

  @Test
  void aDatabaseOfAnotherProgramIsForeign() throws SQLException, IOException {
    Path file = folder.resolve("leat.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      StoreFile.execute(connection, "CREATE TABLE mine (a)");
    }
    byte[] before = Files.readAllBytes(file);
    assertThat(refused(file)).isInstanceOf(Reason.Foreign.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aNewerSchemaIsNamed() throws SQLException, IOException {
    Path file = filled(2);
    int newer = Schema.KNOWN + 3;
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      StoreFile.execute(
          connection, "INSERT INTO migrations VALUES (" + newer + ", 0, 'of the future')");
    }
    assertThat(refused(file)).isEqualTo(new Reason.NewerSchema(newer, Schema.KNOWN));
  }

  @Test
  void anOlderSchemaIsMigrated() throws SQLException {
    Path file = folder.resolve("old.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      StoreFile.execute(connection, "PRAGMA application_id = " + Schema.APPLICATION_ID);
      Schema.migrate(connection, Instant.EPOCH, 0);
      assertThat(Schema.version(connection)).isZero();
      StoreFile.execute(connection, "VACUUM");
    }
    try (SqliteStore store = open(file)) {
      fill(store, 1);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      assertThat(Schema.version(connection)).isEqualTo(Schema.KNOWN);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    // Not even root can make a file there.
    assertThat(refused(Path.of("/proc/leat.db"))).isInstanceOf(Reason.NotWritable.class);
    Path noFolder = Files.writeString(folder.resolve("file"), "");
    assertThat(refused(noFolder.resolve("leat.db"))).isInstanceOf(Reason.NotWritable.class);
  }

  @Test
  void reasonsNameThePathAndWhatToDo() {
    Path path = Path.of("x/leat.db");
    for (Reason reason :
        List.of(
            new Reason.Corrupt("why"),
            new Reason.Foreign("why"),
            new Reason.NewerSchema(9, 1),
            new Reason.NotWritable("why"),
            new Reason.Locked())) {
      assertThat(new StoreOpenException(path, reason)).hasMessageStartingWith("x/leat.db ");
      assertThat(reason.text()).contains(": ");
    }
  }

  private Path filled(int resources) {
    Path file = folder.resolve("filled-" + UUID.randomUUID() + ".db");
    try (SqliteStore store = open(file)) {
      fill(store, resources);
    }
    return file;
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

  private static Reason refused(Path file) {
    StoreOpenException refused =
        catchThrowableOfType(StoreOpenException.class, () -> open(file).close());
    assertThat(refused).isNotNull();
    assertThat(refused.path()).isEqualTo(file);
    return refused.reason();
  }

  private static SqliteStore open(Path file) {
    return SqliteStore.open(
        file,
        new StoreEngine.Settings(
            InstantSource.fixed(Instant.EPOCH), () -> UUID.randomUUID().toString(), 1000),
        RetryRules.standard(() -> 1));
  }
}

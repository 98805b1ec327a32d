package io.leat.control.store.sqlite;

import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.sqlite.StoreOpenException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;

/** Copies of a store's file: one that is whole at one moment, and one that takes its place. */
public final class Backup {
  private Backup() {}

  /**
   * Copies the store of a file that no process uses.
   *
   * @param to must not exist
   * @throws StoreOpenException when the file cannot be used, {@link Reason.Locked} among the
   *     reasons
   */
  public static void of(Path file, Path to, InstantSource clock) throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try (Transactions transactions = new Transactions(StoreFile.open(file, clock.instant()))) {
      write(transactions, to);
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  static void write(Transactions transactions, Path to) throws IOException {
    if (Files.exists(to) && Files.size(to) > 0) {
      throw new FileAlreadyExistsException(to.toString());
    }
    transactions.alone("VACUUM INTO '" + to.toString().replace("'", "''") + "'");
    try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * Puts a backup in the place of a store's file; every page and every resource of the backup is
   * read first. What was there before stays beside it as {@code NAME.replaced}.
   *
   * @param force whether a file that is there may be replaced
   * @throws FileAlreadyExistsException when one is there and {@code force} is not given
   * @throws StoreOpenException when the backup cannot be used, or a process uses the file
   */
  public static void restore(Path backup, Path file, boolean force, InstantSource clock)
      throws IOException {
    if (Files.notExists(backup)) {
      throw new NoSuchFileException(backup.toString());
    }
    Path folder = Files.createDirectories(StoreFile.folder(file));
    boolean replaces = Files.exists(file);
    if (replaces) {
      checkUnused(file, clock);
      if (!force) {
        throw new FileAlreadyExistsException(file.toString());
      }
    }
    Path fresh = Files.createTempFile(folder, "restore", ".new");
    try {
      Files.copy(backup, fresh, StandardCopyOption.REPLACE_EXISTING);
      try {
        verify(fresh, clock);
      } catch (StoreOpenException e) {
        throw new StoreOpenException(backup, e.reason(), e);
      }
      if (replaces) {
        Files.move(file, beside(file, ".replaced"), StandardCopyOption.REPLACE_EXISTING);
      }
      Files.deleteIfExists(StoreFile.log(file));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      StoreFile.syncFolder(folder);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** A damaged file may be replaced, one that is in use may not. */
  private static void checkUnused(Path file, InstantSource clock) throws IOException {
    try (Connection connection = StoreFile.open(file, clock.instant())) {
      connection.clearWarnings();
    } catch (StoreOpenException e) {
      if (e.reason() instanceof Reason.Locked) {
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void verify(Path fresh, InstantSource clock) throws IOException {
    StoreEngine.Settings settings = new StoreEngine.Settings(clock, () -> "", 1);
    try (SqliteStore store = SqliteStore.open(fresh, settings, RetryRules.standard(() -> 1))) {
      String found = store.check();
      if (!"ok".equals(found)) {
        throw new StoreOpenException(fresh, new Reason.Corrupt(found));
      }
    }
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  static String check(Transactions transactions) {
    return transactions.read(rows -> {
      try (Statement statement = rows.connection().createStatement();
          ResultSet result = statement.executeQuery("PRAGMA integrity_check(1)")) {
        return result.next() ? result.getString(1) : "no answer";
      }
    });
  }
}

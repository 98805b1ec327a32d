package io.leat.control.store.sqlite;

import io.leat.control.store.sqlite.StoreOpenException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Opens the file of a store, or makes a new one where there is none; a file that is not as it must
 * be is left alone.
 */
final class StoreFile {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 100;

  /** Up to this size a check of every page takes a few milliseconds. */
  private static final long CHECKED_BYTES = 4L * 1024 * 1024;

  /**
   * Pages of the log that are copied into the file at once. A commit waits for that, and the
   * default of 1000 makes one in a hundred wait for 8 ms and more.
   */
  private static final int CHECKPOINT_PAGES = 128;

  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int CORRUPT = 11;
  private static final int NOT_A_DATABASE = 26;

  private StoreFile() {}

  /**
   * Opens a file for this process alone.
   *
   * @throws StoreOpenException when it cannot be used
   */
  static Connection open(Path file, Instant now) {
    Path log = log(file);
    try {
      if (Files.notExists(file)) {
        if (Files.exists(log) && Files.size(log) > 0) {
          throw new StoreOpenException(
              file, new Reason.Corrupt("it is missing beside " + log.getFileName()));
        }
        create(file, now);
      }
      checkHeader(file, Files.exists(log) && Files.size(log) > 0);
    } catch (IOException e) {
      throw new StoreOpenException(file, new Reason.NotWritable(e.toString()), e);
    }
    return connect(file, now);
  }

  static Path folder(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
  }

  static Path log(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  /** A new file appears whole or not at all, so that an empty one always means damage. */
  private static void create(Path file, Instant now) throws IOException {
    Path folder = Files.createDirectories(folder(file));
    Path fresh = Files.createTempFile(folder, file.getFileName() + ".", ".new");
    try {
      try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + fresh)) {
        execute(
            connection,
            "PRAGMA journal_mode = MEMORY",
            "PRAGMA synchronous = OFF",
            "PRAGMA application_id = " + Schema.APPLICATION_ID);
        Schema.migrate(connection, now);
      } catch (SQLException e) {
        throw new IOException(e);
      }
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file);
      syncFolder(folder);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster: its file is opened like any other.
      Files.deleteIfExists(fresh);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void checkHeader(Path file, boolean hasLog) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    long size;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      size = channel.size();
      while (header.hasRemaining() && channel.read(header) >= 0) {
        // A short read is no end.
      }
    }
    if (header.hasRemaining()) {
      throw new StoreOpenException(file, new Reason.Corrupt("it has only " + size + " bytes"));
    }
    if (!Arrays.equals(MAGIC, 0, MAGIC.length, header.array(), 0, MAGIC.length)) {
      throw new StoreOpenException(
          file, new Reason.Corrupt("it does not begin as SQLite files do"));
    }
    if (header.getInt(68) != Schema.APPLICATION_ID) {
      throw new StoreOpenException(
          file, new Reason.Foreign("application id " + Integer.toHexString(header.getInt(68))));
    }
    int pageSize = header.getShort(16) == 1 ? 65_536 : Short.toUnsignedInt(header.getShort(16));
    long wanted = (long) pageSize * Integer.toUnsignedLong(header.getInt(28));
    // While there is a log, pages may stand there that the file does not have yet.
    if (size < wanted && !hasLog) {
      throw new StoreOpenException(
          file, new Reason.Corrupt("it has " + size + " of " + wanted + " bytes"));
    }
  }

  private static Connection connect(Path file, Instant now) {
    Connection connection = null;
    try {
      SQLiteConfig config = new SQLiteConfig();
      config.setBusyTimeout(0);
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
      connection = config.createConnection("jdbc:sqlite:" + file);
      // Nobody else may write what this process keeps in memory.
      execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
      int schema = Schema.version(connection);
      if (schema > Schema.KNOWN) {
        throw new StoreOpenException(file, new Reason.NewerSchema(schema, Schema.KNOWN));
      }
      execute(
          connection,
          "PRAGMA journal_mode = WAL",
          "PRAGMA synchronous = FULL",
          "PRAGMA temp_store = MEMORY",
          "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES,
          "PRAGMA journal_size_limit = 67108864",
          // Takes the lock now, not at the first write.
          "BEGIN IMMEDIATE",
          "COMMIT");
      check(connection, file);
      Schema.migrate(connection, now);
      return connection;
    } catch (SQLException e) {
      StoreOpenException failure = new StoreOpenException(file, reason(e), e);
      close(connection, failure);
      throw failure;
    } catch (IOException e) {
      StoreOpenException failure =
          new StoreOpenException(file, new Reason.NotWritable(e.toString()), e);
      close(connection, failure);
      throw failure;
    } catch (StoreOpenException failure) {
      close(connection, failure);
      throw failure;
    }
  }

  private static void check(Connection connection, Path file) throws SQLException, IOException {
    if (Files.size(file) > CHECKED_BYTES) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
      String found = result.next() ? result.getString(1) : "no answer";
      if (!"ok".equals(found)) {
        throw new StoreOpenException(file, new Reason.Corrupt(found));
      }
    }
  }

  /** What a failure of SQLite means for somebody who opens the file. */
  static Reason reason(SQLException e) {
    return switch (e.getErrorCode() & 0xff) {
      case BUSY, LOCKED -> new Reason.Locked();
      case CORRUPT, NOT_A_DATABASE -> new Reason.Corrupt(String.valueOf(e.getMessage()));
      default -> new Reason.NotWritable(String.valueOf(e.getMessage()));
    };
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static void close(@Nullable Connection connection, Exception e) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException also) {
        e.addSuppressed(also);
      }
    }
  }
}

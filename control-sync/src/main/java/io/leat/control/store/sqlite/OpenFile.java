package io.leat.control.store.sqlite;

import io.leat.control.store.sqlite.StoreOpenException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.sqlite.SQLiteConfig;

/**
 * A store's file while this process has it alone: the connection that writes, and others beside it.
 *
 * <p>SQLite's own lock keeps other processes away, but not this one: two stores over one file in
 * one process are kept apart here. Opened and closed by whoever owns the store.
 */
final class OpenFile implements AutoCloseable {
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path real;
  private final Connection writer;

  private OpenFile(Path real, Connection writer) {
    this.real = real;
    this.writer = writer;
  }

  /** Makes the connection that writes. */
  interface Opening {
    Connection open();
  }

  /**
   * Claims a file for the connection that {@code opening} makes.
   *
   * @throws StoreOpenException when somebody has claimed it, or what {@code opening} throws
   */
  static OpenFile claim(Path file, Opening opening) throws IOException {
    Path real = file.toRealPath();
    if (!OPEN.add(real)) {
      throw new StoreOpenException(file, new Reason.Locked());
    }
    try {
      return new OpenFile(real, opening.open());
    } catch (RuntimeException e) {
      OPEN.remove(real);
      throw e;
    }
  }

  /**
   * A connection to a file, which no other process can use from its first read on. Connections of
   * this process share an index of the log in memory, so that one can write while another one
   * copies the log.
   */
  static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(0);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    return config.createConnection(
        "jdbc:sqlite:" + file.toAbsolutePath().toUri() + "?vfs=unix-excl");
  }

  /** The connection that writes; closed with this. */
  Connection writer() {
    return writer;
  }

  /** A further connection, which whoever asked for it closes before this is closed. */
  Connection beside() throws SQLException {
    Connection connection = connect(real);
    try {
      StoreFile.execute(connection, "PRAGMA synchronous = FULL", "PRAGMA temp_store = MEMORY");
      return connection;
    } catch (SQLException e) {
      StoreFile.close(connection, e);
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      writer.close();
    } finally {
      OPEN.remove(real);
    }
  }
}

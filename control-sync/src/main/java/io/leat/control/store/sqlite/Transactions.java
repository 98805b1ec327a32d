package io.leat.control.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a store's file, its prepared statements, and the order of transactions.
 *
 * <p>Any thread may call; a lock gives the connection to one at a time.
 */
final class Transactions implements AutoCloseable {
  private static final int BUSY = 5;
  private static final int FULL = 13;

  private final ReentrantLock lock = new ReentrantLock();
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private @Nullable SQLException broken;
  private boolean closed;

  Transactions(Connection connection) {
    this.connection = connection;
  }

  /** Work with the connection. */
  interface Work<T> {
    T with(Transactions transactions) throws SQLException;
  }

  /** Work with the connection that changes what is stored. */
  interface Writing {
    void with(Transactions transactions) throws SQLException;
  }

  /** A statement that is prepared once; for the thread that is at work. */
  PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /** Reads, or does what is no transaction. */
  <T> T read(Work<T> work) {
    lock.lock();
    try {
      checkOpen();
      return work.with(this);
    } catch (SQLException e) {
      throw new StoreWriteException("the store cannot be read: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Executes what SQLite does only while no other statement is open. */
  void alone(String sql) {
    read(_ -> {
      closeStatements();
      StoreFile.execute(connection, sql);
      return true;
    });
  }

  private void closeStatements() throws SQLException {
    for (PreparedStatement statement : statements.values()) {
      statement.close();
    }
    statements.clear();
  }

  /** Writes, durably and all of it, or throws and leaves all as it was. */
  void write(Writing work) {
    lock.lock();
    try {
      checkOpen();
      connection.setAutoCommit(false);
      try {
        work.with(this);
        connection.commit();
      } catch (SQLException e) {
        throw failed(e);
      } catch (RuntimeException e) {
        rollback(e);
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  private StoreWriteException failed(SQLException e) {
    rollback(e);
    int code = e.getErrorCode() & 0xff;
    if (code != FULL && code != BUSY) {
      // After a failed sync nobody knows what the disk has: only a new start can find out.
      broken = e;
    }
    return new StoreWriteException("the store cannot keep a change: " + e.getMessage(), e);
  }

  private void rollback(Exception e) {
    try {
      connection.rollback();
    } catch (SQLException also) {
      e.addSuppressed(also);
    }
  }

  private void checkOpen() throws SQLException {
    if (closed) {
      throw new SQLException("it is closed");
    }
    if (broken != null) {
      throw new StoreWriteException(
          "the store refuses changes since one failed, until Leat is started again: "
              + broken.getMessage(),
          broken);
    }
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        closeStatements();
        connection.close();
      }
    } finally {
      lock.unlock();
    }
  }
}

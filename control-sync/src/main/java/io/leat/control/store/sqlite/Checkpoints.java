package io.leat.control.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the log into a store's file beside the writer, so that no commit waits for the syncs of a
 * checkpoint; and by the writer itself once the log has grown too long.
 *
 * <p>The writer tells of each commit; a thread of its own copies. One of the two copies at a time.
 * A failure leaves the log as it is, is said once for each kind, and never reaches the writer:
 * whatever a checkpoint did not copy stays in the log, which is durable.
 */
final class Checkpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final String MEASURE = "PRAGMA wal_checkpoint(NOOP)";
  private static final String BESIDE = "PRAGMA wal_checkpoint(PASSIVE)";
  private static final String BLOCKING = "PRAGMA wal_checkpoint(RESTART)";

  private final OpenFile file;
  private final Connection beside;
  private final PreparedStatement measure;
  private final Ports ports;
  private final AtomicBoolean asked = new AtomicBoolean();
  private final ReentrantLock copying = new ReentrantLock();
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** Pages at which the writer copies next; for the writer alone. */
  private long blocking;

  /**
   * When to copy, in pages of the log of 4 KiB.
   *
   * @param beside not copied yet: the thread begins
   * @param most in the log: the writer copies and begins the log anew
   */
  record Limits(long beside, long most) {
    /** A log of 32 MiB at most, and copies that each are a small part of it. */
    static final Limits STANDARD = new Limits(256, 8192);
  }

  /**
   * What it works with.
   *
   * @param thread copies; ended with this
   * @param failures takes a line for each kind of failure
   */
  record Ports(Limits limits, ExecutorService thread, Consumer<String> failures) {
    static Ports standard() {
      return new Ports(
          Limits.STANDARD,
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("leat-checkpoints").factory()),
          LOG::warn);
    }
  }

  /** What the log holds, in pages. */
  private record Log(boolean busy, long pages, long copied) {}

  /**
   * Of a file.
   *
   * @param beside what the thread copies with; closed with this
   */
  Checkpoints(OpenFile file, Connection beside, Ports ports) throws SQLException {
    this.file = file;
    this.beside = beside;
    this.ports = ports;
    this.blocking = ports.limits().most();
    this.measure = file.writer().prepareStatement(MEASURE);
  }

  /** A commit is durable; called by the writer, which is in no transaction now. */
  void committed() {
    try {
      Log log = log(measure.executeQuery());
      if (log.pages() >= blocking) {
        blocking = copied(file.writer(), BLOCKING) ? most() : log.pages() + ports.limits().beside();
      } else if (log.pages() - log.copied() >= ports.limits().beside()) {
        ask();
      }
      if (log.pages() < most()) {
        blocking = most();
      }
    } catch (SQLException e) {
      failed(e);
    }
  }

  private long most() {
    return ports.limits().most();
  }

  private void ask() {
    if (!asked.compareAndSet(false, true)) {
      return;
    }
    try {
      ports.thread().execute(() -> {
        asked.set(false);
        copied(beside, BESIDE);
      });
    } catch (RejectedExecutionException e) {
      // The store is being closed, and what closes it copies all of the log.
      asked.set(false);
    }
  }

  private boolean copied(Connection connection, String how) {
    copying.lock();
    try (PreparedStatement statement = connection.prepareStatement(how)) {
      Log log = log(statement.executeQuery());
      if (log.busy()) {
        say("busy", "somebody reads what the log held before");
      }
      return !log.busy();
    } catch (SQLException e) {
      failed(e);
      return false;
    } finally {
      copying.unlock();
    }
  }

  private static Log log(ResultSet result) throws SQLException {
    try (result) {
      return result.next()
          ? new Log(result.getInt(1) != 0, result.getLong(2), result.getLong(3))
          : new Log(false, 0, 0);
    }
  }

  private void failed(SQLException e) {
    say(String.valueOf(e.getErrorCode()), String.valueOf(e.getMessage()));
  }

  private void say(String kind, String why) {
    if (said.add(kind)) {
      ports
          .failures()
          .accept(
              "the store's log cannot be copied into its file and grows; nothing is lost, and it is"
                  + " tried again: "
                  + why);
    }
  }

  /** Waits for a copy that is being made, and makes no more; before the file is closed. */
  @Override
  public void close() throws SQLException {
    ports.thread().shutdownNow();
    copying.lock();
    try {
      measure.close();
    } finally {
      beside.close();
      copying.unlock();
    }
  }
}

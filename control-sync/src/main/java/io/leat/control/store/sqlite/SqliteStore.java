package io.leat.control.store.sqlite;

import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.EngineStore;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobBook;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import io.leat.control.store.jobs.RetryRules;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/**
 * A store in a SQLite file: a write that was acknowledged survives a crash of the process and of
 * the machine.
 *
 * <p>Used by any thread. Reads are served from memory; a write is on disk (write-ahead log, synced)
 * before anybody sees it, and writers that come at the same time share one sync. The file belongs
 * to one process at a time. A write that the disk refuses ends in a {@link StoreWriteException},
 * and nothing has changed then.
 */
public final class SqliteStore extends EngineStore implements AutoCloseable {
  private final Path file;
  private final Transactions transactions;
  private final JobBook jobs;
  private final StoreEngine engine;

  private SqliteStore(
      Path file, Transactions transactions, StoreEngine.Settings settings, RetryRules retries)
      throws SQLException {
    this.file = file;
    this.transactions = transactions;
    InstantSource clock = settings.clock();
    this.jobs =
        new JobBook(
            clock,
            retries,
            this::saveJobs,
            JobRows.all(transactions),
            JobRows.lastId(transactions));
    Loading.Events events = Loading.events(transactions);
    try (Loading loading = new Loading(file, transactions)) {
      Rows rows = new Rows(events.floor(), settings.retainedEvents());
      this.engine = new StoreEngine(settings, rows, loading, events.last());
    }
  }

  /**
   * Opens the store of a file; makes a new one where there is no file.
   *
   * @throws StoreOpenException when the file cannot be used; it is left as it is
   */
  public static SqliteStore open(Path file, StoreEngine.Settings settings, RetryRules retries) {
    Transactions transactions = new Transactions(StoreFile.open(file, settings.clock().instant()));
    try {
      return new SqliteStore(file, transactions, settings, retries);
    } catch (SQLException e) {
      StoreOpenException failure = new StoreOpenException(file, StoreFile.reason(e), e);
      close(transactions, failure);
      throw failure;
    } catch (RuntimeException e) {
      close(transactions, e);
      throw e;
    }
  }

  private static void close(Transactions transactions, RuntimeException failure) {
    try {
      transactions.close();
    } catch (SQLException also) {
      failure.addSuppressed(also);
    }
  }

  /** The jobs in the same file. */
  public JobStore jobs() {
    return jobs;
  }

  /** The file. */
  public Path file() {
    return file;
  }

  private void saveJobs(List<Job> changed, List<Long> forgotten) {
    transactions.write(rows -> {
      JobRows.write(rows, changed, forgotten);
    });
  }

  @Override
  protected StoreEngine engine() {
    return engine;
  }

  /**
   * Writes a copy of everything as it is at one moment; reads go on, writers wait for it.
   *
   * @param to must not exist, or be empty
   */
  public void backup(Path to) throws IOException {
    Backup.write(transactions, to);
  }

  /** What SQLite finds wrong with the file; {@code ok} when nothing is. Reads all of it. */
  String check() {
    return Backup.check(transactions);
  }

  /** Ends the use of the file; later writes fail. */
  @Override
  public void close() {
    try {
      transactions.close();
    } catch (SQLException e) {
      throw new StoreWriteException("the store did not close cleanly: " + e.getMessage(), e);
    }
  }

  /** The tables as the journal of the engine. */
  private final class Rows implements StoreEngine.Journal {
    private final int retained;
    private volatile long floor;

    Rows(long floor, int retained) {
      this.floor = floor;
      this.retained = retained;
    }

    @Override
    public void commit(List<StoreEngine.Change> changes, List<JobRequest> requests) {
      if (requests.isEmpty()) {
        commitWith(changes, List.of());
      } else {
        jobs.enqueueAll(requests, added -> commitWith(changes, added));
      }
      floor = Math.max(floor, changes.getLast().event().version() - retained);
    }

    @Override
    public void published() {
      jobs.reveal();
    }

    private void commitWith(List<StoreEngine.Change> changes, List<Job> added) {
      transactions.write(rows -> {
        ResourceRows.write(rows, changes, retained);
        JobRows.write(rows, added, List.of());
      });
    }

    @Override
    public List<HistoryEntry> history(ResourceKey key) {
      return transactions.read(rows -> ResourceRows.history(rows, key));
    }

    @Override
    public List<ChangeEvent> events(long after, long upTo) {
      return after < floor
          ? List.of()
          : transactions.read(rows -> ResourceRows.events(rows, after, upTo));
    }

    @Override
    public long floor() {
      return floor;
    }
  }
}

package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log stays short, whoever is late; writes go on, and nothing of them is lost. */
final class CheckpointsTest {
  private static final long PAGE = 4096 + 24;
  private static final long BESIDE = 16;
  private static final long MOST = 128;

  /** More pages than one write of these tests leaves in the log. */
  private static final long ONE_WRITE = 32;

  @TempDir Path folder;
  private final Held thread = new Held();
  private final List<String> failures = new ArrayList<>();

  /** Runs what it was given when it is told to. */
  private static final class Held extends AbstractExecutorService {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean ended;

    void run() {
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }

    @Override
    public void execute(Runnable command) {
      waiting.add(command);
    }

    @Override
    public void shutdown() {
      ended = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      ended = true;
      return List.copyOf(waiting);
    }

    @Override
    public boolean isShutdown() {
      return ended;
    }

    @Override
    public boolean isTerminated() {
      return ended;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return ended;
    }
  }

  private Path file() {
    return folder.resolve("leat.db");
  }

  private SqliteStore open() {
    return SqliteStore.open(
        file(),
        new StoreEngine.Settings(
            InstantSource.fixed(Instant.EPOCH), () -> UUID.randomUUID().toString(), 1000),
        RetryRules.standard(() -> 1),
        new Checkpoints.Ports(
            new Checkpoints.Limits(BESIDE, MOST), thread, failures::add));
  }

  private static void write(SqliteStore store) {
    Metadata metadata = Metadata.of("default", UUID.randomUUID().toString());
    assertThat(
            store.create(Resource.of(Kind.ROUTE, metadata, new Spec.RouteSpec(List.of()))).succeeded())
        .isTrue();
  }

  private long logPages() throws IOException {
    return Files.size(StoreFile.log(file())) / PAGE;
  }

  private void holds(int written) {
    try (SqliteStore store = open()) {
      assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE))).hasSize(written);
      assertThat(store.check()).isEqualTo("ok");
    }
    assertThat(StoreFile.log(file())).doesNotExist();
  }

  @Test
  void writesGoOnAndTheLogIsBoundedWhileTheThreadIsHeldBack() throws IOException {
    long longest = 0;
    try (SqliteStore store = open()) {
      for (int i = 0; i < 300; i++) {
        write(store);
        longest = Math.max(longest, logPages());
      }
      assertThat(thread.waiting).as("asked, once").hasSize(1);
    }
    assertThat(longest).isBetween(MOST, MOST + ONE_WRITE);
    assertThat(failures).isEmpty();
    holds(300);
  }

  @Test
  void theThreadKeepsTheLogFarBelowWhatTheWriterWouldWaitFor() throws IOException {
    try (SqliteStore store = open()) {
      for (int i = 0; i < 300; i++) {
        write(store);
        thread.run();
      }
      assertThat(logPages()).isBetween(BESIDE, BESIDE + ONE_WRITE);
    }
    assertThat(failures).isEmpty();
    holds(300);
  }

  @Test
  void aReaderThatHoldsTheLogIsSaidOnceAndStopsNobody() throws Exception {
    try (OpenFile opened = StoreFile.open(file(), Instant.EPOCH)) {
      Checkpoints.Limits limits = new Checkpoints.Limits(BESIDE, MOST);
      try (Transactions transactions =
          new Transactions(
              opened,
              new Checkpoints(
                  opened,
                  opened.beside(),
                  new Checkpoints.Ports(limits, thread, failures::add)))) {
        transactions.write(CheckpointsTest::insert);
        try (Connection reader = opened.beside();
            Statement statement = reader.createStatement()) {
          statement.execute("BEGIN DEFERRED");
          try (ResultSet first = statement.executeQuery("SELECT COUNT(*) FROM events")) {
            assertThat(first.next()).isTrue();
            assertThat(first.getInt(1)).isOne();
          }
          for (int i = 0; i < 300; i++) {
            transactions.write(CheckpointsTest::insert);
            thread.run();
          }
          assertThat(logPages()).isGreaterThan(2 * MOST);
          statement.execute("COMMIT");
        }
        assertThat(failures).hasSize(1).first().asString().contains("nothing is lost");
        long longest = logPages();
        for (int i = 0; i < 300; i++) {
          transactions.write(CheckpointsTest::insert);
          thread.run();
        }
        assertThat(logPages()).as("begun anew").isLessThanOrEqualTo(longest + ONE_WRITE);
        assertThat(failures).hasSize(1);
        assertThat(transactions.<Integer>read(rows -> {
              try (ResultSet all =
                  rows.prepared("SELECT COUNT(*) FROM events").executeQuery()) {
                return all.next() ? all.getInt(1) : 0;
              }
            }))
            .isEqualTo(601);
      }
    }
  }

  private static void insert(Transactions rows) throws java.sql.SQLException {
    rows.prepared("INSERT INTO events (type, before) VALUES ('ADDED', hex(randomblob(1000)))")
        .executeUpdate();
  }

  @Test
  void aThreadThatFailsIsSaidOnceAndTheWriterKeepsTheLogShort() throws Exception {
    try (OpenFile opened = StoreFile.open(file(), Instant.EPOCH)) {
      Checkpoints.Limits limits = new Checkpoints.Limits(BESIDE, MOST);
      Connection broken = opened.beside();
      Checkpoints checkpoints =
          new Checkpoints(opened, broken, new Checkpoints.Ports(limits, thread, failures::add));
      try (Transactions transactions = new Transactions(opened, checkpoints)) {
        broken.close();
        for (int i = 0; i < 300; i++) {
          transactions.write(CheckpointsTest::insert);
          thread.run();
        }
        assertThat(logPages()).isLessThanOrEqualTo(MOST + ONE_WRITE);
      }
    }
    assertThat(failures).hasSize(1);
  }
}

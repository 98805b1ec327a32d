package io.leat.control.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;

/**
 * The tables of a store's file, as the list of the steps that made them.
 *
 * <p>A step is never edited once a release has it: a change of the schema is a further step.
 */
final class Schema {
  /** "Leat" in ASCII: tells the file from databases of other programs. */
  static final int APPLICATION_ID = 0x4c656174;

  private record Migration(String what, List<String> statements) {}

  private static final List<Migration> MIGRATIONS =
      List.of(
          new Migration(
              "resources, history, events and jobs",
              List.of(
                  """
                  CREATE TABLE resources (
                    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                    version INTEGER NOT NULL, crc INTEGER NOT NULL, json TEXT NOT NULL,
                    PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID
                  """,
                  """
                  CREATE TABLE history (
                    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                    version INTEGER NOT NULL, generation INTEGER NOT NULL,
                    time INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL,
                    json TEXT NOT NULL,
                    PRIMARY KEY (kind, namespace, name, version)) WITHOUT ROWID
                  """,
                  """
                  CREATE TABLE events (
                    version INTEGER PRIMARY KEY, type TEXT NOT NULL,
                    before TEXT, after TEXT)
                  """,
                  """
                  CREATE TABLE jobs (
                    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,
                    version INTEGER NOT NULL, step TEXT NOT NULL, state TEXT NOT NULL,
                    attempts INTEGER NOT NULL, not_before INTEGER NOT NULL,
                    lease_owner TEXT NOT NULL, lease_until INTEGER, payload TEXT NOT NULL,
                    last_error TEXT NOT NULL, created INTEGER NOT NULL, finished INTEGER)
                  """,
                  // Ids must not be given again after the job with the highest one was forgotten.
                  "CREATE TABLE last_job (id INTEGER NOT NULL)",
                  "INSERT INTO last_job VALUES (0)")));

  /** The newest schema that this program knows. */
  static final int KNOWN = MIGRATIONS.size();

  private Schema() {}

  /** The schema of a file; 0 for a file without tables. */
  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet tables =
          statement.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'migrations'")) {
        if (!tables.next()) {
          return 0;
        }
      }
      try (ResultSet newest = statement.executeQuery("SELECT MAX(version) FROM migrations")) {
        return newest.next() ? newest.getInt(1) : 0;
      }
    }
  }

  /** Takes the steps that a file lacks, each in a transaction of its own. */
  static void migrate(Connection connection, Instant now) throws SQLException {
    migrate(connection, now, KNOWN);
  }

  static void migrate(Connection connection, Instant now, int target) throws SQLException {
    for (int step = version(connection) + 1; step <= target; step++) {
      connection.setAutoCommit(false);
      try {
        apply(connection, step, now);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void apply(Connection connection, int step, Instant now) throws SQLException {
    Migration migration = MIGRATIONS.get(step - 1);
    try (Statement statement = connection.createStatement()) {
      if (step == 1) {
        statement.execute(
            "CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied INTEGER NOT NULL,"
                + " what TEXT NOT NULL)");
      }
      for (String sql : migration.statements()) {
        statement.execute(sql);
      }
    }
    try (PreparedStatement done =
        connection.prepareStatement("INSERT INTO migrations VALUES (?, ?, ?)")) {
      done.setInt(1, step);
      done.setLong(2, now.toEpochMilli());
      done.setString(3, migration.what());
      done.executeUpdate();
    }
  }
}

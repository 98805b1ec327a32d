package io.leat.control.store.sqlite;

import io.leat.control.store.jobs.Job;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs as rows; each call is part of a transaction. */
final class JobRows {
  private static final String PUT =
      "INSERT OR REPLACE INTO jobs (id, kind, key, version, step, state, attempts, not_before,"
          + " lease_owner, lease_until, payload, last_error, created, finished)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String FORGET = "DELETE FROM jobs WHERE id = ?";
  private static final String LAST = "UPDATE last_job SET id = MAX(id, ?)";
  private static final String ALL =
      "SELECT id, kind, key, version, step, state, attempts, not_before, lease_owner, lease_until,"
          + " payload, last_error, created, finished FROM jobs ORDER BY finished, id";

  private JobRows() {}

  static void write(Transactions rows, List<Job> changed, List<Long> forgotten)
      throws SQLException {
    for (Job job : changed) {
      put(rows, job);
    }
    PreparedStatement forget = rows.prepared(FORGET);
    for (Long id : forgotten) {
      forget.setLong(1, id);
      forget.executeUpdate();
    }
  }

  private static void put(Transactions rows, Job job) throws SQLException {
    PreparedStatement put = rows.prepared(PUT);
    put.setLong(1, job.id());
    put.setString(2, job.kind());
    put.setString(3, job.key());
    put.setLong(4, job.version());
    put.setString(5, job.step());
    put.setString(6, job.state().name());
    put.setInt(7, job.attempts());
    put.setLong(8, job.notBefore().toEpochMilli());
    put.setString(9, job.leaseOwner());
    time(put, 10, job.leaseUntil());
    put.setString(11, job.payload());
    put.setString(12, job.lastError());
    put.setLong(13, job.created().toEpochMilli());
    time(put, 14, job.finished());
    put.executeUpdate();
    if (job.version() == 0) {
      PreparedStatement last = rows.prepared(LAST);
      last.setLong(1, job.id());
      last.executeUpdate();
    }
  }

  /** Every job: those that are not finished first, the others in the order in which they ended. */
  static List<Job> all(Transactions rows) throws SQLException {
    List<Job> jobs = new ArrayList<>();
    try (ResultSet found = rows.prepared(ALL).executeQuery()) {
      while (found.next()) {
        jobs.add(
            new Job(
                found.getLong(1),
                found.getString(2),
                found.getString(3),
                found.getLong(4),
                found.getString(5),
                Job.State.valueOf(found.getString(6)),
                found.getInt(7),
                Instant.ofEpochMilli(found.getLong(8)),
                found.getString(9),
                time(found, 10),
                found.getString(11),
                found.getString(12),
                Instant.ofEpochMilli(found.getLong(13)),
                time(found, 14)));
      }
    }
    return jobs;
  }

  static long lastId(Transactions rows) throws SQLException {
    try (ResultSet found = rows.prepared("SELECT id FROM last_job").executeQuery()) {
      return found.next() ? found.getLong(1) : 0;
    }
  }

  private static void time(PreparedStatement statement, int column, @Nullable Instant time)
      throws SQLException {
    if (time == null) {
      statement.setNull(column, Types.INTEGER);
    } else {
      statement.setLong(column, time.toEpochMilli());
    }
  }

  private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}

package io.leat.control.store.sqlite;

import io.leat.control.manifest.StoredJson;
import io.leat.control.resource.Resource;
import io.leat.control.store.sqlite.StoreOpenException.Reason;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Reads every stored resource once, one at a time, so that no second copy stands in memory. */
final class Loading implements Iterator<Resource>, AutoCloseable {
  private final Path file;
  private final ResultSet rows;
  private final StoredJson reader = new StoredJson();
  private boolean more;

  /**
   * What the event table holds.
   *
   * @param floor the version before the oldest event
   * @param last the newest version; 0 when there was never a write
   */
  record Events(long floor, long last) {}

  Loading(Path file, Transactions transactions) throws SQLException {
    this.file = file;
    this.rows =
        transactions
            .prepared("SELECT kind, namespace, name, crc, json FROM resources")
            .executeQuery();
    this.more = rows.next();
  }

  static Events events(Transactions transactions) throws SQLException {
    try (ResultSet found =
        transactions
            .prepared("SELECT COALESCE(MIN(version), 1), COALESCE(MAX(version), 0) FROM events")
            .executeQuery()) {
      return found.next() ? new Events(found.getLong(1) - 1, found.getLong(2)) : new Events(0, 0);
    }
  }

  @Override
  public boolean hasNext() {
    return more;
  }

  @Override
  public Resource next() {
    if (!more) {
      throw new NoSuchElementException();
    }
    try {
      byte[] text = rows.getBytes(5);
      if (ResourceText.crc(text) != rows.getLong(4)) {
        throw corrupt("its check sum is wrong");
      }
      Resource resource = ResourceText.read(text, reader);
      more = rows.next();
      return resource;
    } catch (ResourceText.UnreadableException e) {
      throw corrupt(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      throw new StoreOpenException(file, StoreFile.reason(e), e);
    }
  }

  private StoreOpenException corrupt(String why) {
    String which;
    try {
      which = rows.getString(1) + " " + rows.getString(2) + "/" + rows.getString(3);
    } catch (SQLException e) {
      which = "a resource";
    }
    return new StoreOpenException(file, new Reason.Corrupt(which + " cannot be read: " + why));
  }

  @Override
  public void close() throws SQLException {
    rows.close();
  }
}

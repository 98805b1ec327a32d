package io.leat.control.store.sqlite;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Resources, their history and the events as rows; each call is part of a transaction. */
final class ResourceRows {
  private static final String PUT =
      "INSERT INTO resources (kind, namespace, name, version, crc, json) VALUES (?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT DO UPDATE SET version = excluded.version, crc = excluded.crc,"
          + " json = excluded.json";
  private static final String WHERE_KEY = " WHERE kind = ? AND namespace = ? AND name = ?";
  private static final String REMOVE = "DELETE FROM resources" + WHERE_KEY;
  private static final String FORGET = "DELETE FROM history" + WHERE_KEY;
  private static final String REMEMBER =
      "INSERT INTO history (kind, namespace, name, version, generation, time, who, reason, json)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String TRIM_HISTORY =
      FORGET
          + " AND version <= (SELECT version FROM history"
          + WHERE_KEY
          + " ORDER BY version DESC LIMIT 1 OFFSET "
          + ResourceStore.HISTORY_PER_RESOURCE
          + ")";
  private static final String HISTORY =
      "SELECT version, generation, time, who, reason, json FROM history"
          + WHERE_KEY
          + " ORDER BY version";
  private static final String TELL =
      "INSERT INTO events (version, type, before, after) VALUES (?, ?, ?, ?)";
  private static final String TRIM_EVENTS = "DELETE FROM events WHERE version <= ?";
  private static final String EVENTS =
      "SELECT version, type, before, after FROM events WHERE version > ? AND version <= ?"
          + " ORDER BY version";

  private ResourceRows() {}

  static void write(Transactions rows, List<StoreEngine.Change> changes, int retained)
      throws SQLException {
    Map<ResourceKey, Optional<String>> last = new LinkedHashMap<>();
    Map<ResourceKey, Long> versions = new LinkedHashMap<>();
    for (StoreEngine.Change change : changes) {
      ChangeEvent event = change.event();
      ResourceKey key = event.resource().key();
      Resource before = event.before();
      Resource after = event.after();
      String text = after == null ? null : ResourceText.write(after);
      String earlier =
          before == null
              ? null
              : last.getOrDefault(key, Optional.empty())
                  .filter(_ -> versions.get(key) == before.metadata().resourceVersion())
                  .orElseGet(() -> ResourceText.write(before));
      tell(rows, event, earlier, text);
      last.put(key, Optional.ofNullable(text));
      versions.put(key, event.version());
      if (after == null) {
        execute(rows, FORGET, key);
      }
      HistoryEntry entry = change.history();
      if (entry != null) {
        remember(rows, key, entry);
      }
    }
    for (Map.Entry<ResourceKey, Optional<String>> entry : last.entrySet()) {
      ResourceKey key = entry.getKey();
      if (entry.getValue().isPresent()) {
        put(rows, key, versions.getOrDefault(key, 0L), entry.getValue().get());
      } else {
        execute(rows, REMOVE, key);
      }
    }
    PreparedStatement trim = rows.prepared(TRIM_EVENTS);
    trim.setLong(1, changes.getLast().event().version() - retained);
    trim.executeUpdate();
  }

  private static void put(Transactions rows, ResourceKey key, long version, String json)
      throws SQLException {
    PreparedStatement put = rows.prepared(PUT);
    key(put, 1, key);
    put.setLong(4, version);
    put.setLong(5, ResourceText.crc(json.getBytes(StandardCharsets.UTF_8)));
    put.setString(6, json);
    put.executeUpdate();
  }

  private static void tell(
      Transactions rows, ChangeEvent event, @Nullable String before, @Nullable String after)
      throws SQLException {
    PreparedStatement tell = rows.prepared(TELL);
    tell.setLong(1, event.version());
    tell.setString(2, event.type().name());
    tell.setString(3, before);
    tell.setString(4, after);
    tell.executeUpdate();
  }

  private static void remember(Transactions rows, ResourceKey key, HistoryEntry entry)
      throws SQLException {
    PreparedStatement remember = rows.prepared(REMEMBER);
    key(remember, 1, key);
    remember.setLong(4, entry.version());
    remember.setLong(5, entry.generation());
    remember.setLong(6, entry.time().toEpochMilli());
    remember.setString(7, entry.who());
    remember.setString(8, entry.reason());
    remember.setString(
        9,
        ResourceText.write(
            new Resource(
                key.kind(), Metadata.of(key.namespace(), key.name()), entry.spec(), Status.EMPTY)));
    remember.executeUpdate();
    PreparedStatement trim = rows.prepared(TRIM_HISTORY);
    key(trim, 1, key);
    key(trim, 4, key);
    trim.executeUpdate();
  }

  static List<HistoryEntry> history(Transactions rows, ResourceKey key) throws SQLException {
    PreparedStatement select = rows.prepared(HISTORY);
    key(select, 1, key);
    List<HistoryEntry> entries = new ArrayList<>();
    try (ResultSet found = select.executeQuery()) {
      while (found.next()) {
        entries.add(
            new HistoryEntry(
                found.getLong(1),
                found.getLong(2),
                Instant.ofEpochMilli(found.getLong(3)),
                found.getString(4),
                found.getString(5),
                stored(found.getString(6)).spec()));
      }
    }
    return entries;
  }

  static List<ChangeEvent> events(Transactions rows, long after, long upTo) throws SQLException {
    PreparedStatement select = rows.prepared(EVENTS);
    select.setLong(1, after);
    select.setLong(2, upTo);
    List<ChangeEvent> events = new ArrayList<>();
    try (ResultSet found = select.executeQuery()) {
      while (found.next()) {
        events.add(
            new ChangeEvent(
                found.getLong(1),
                ChangeEvent.Type.valueOf(found.getString(2)),
                storedOrNull(found.getString(3)),
                storedOrNull(found.getString(4))));
      }
    }
    return events;
  }

  private static @Nullable Resource storedOrNull(@Nullable String json) throws SQLException {
    return json == null ? null : stored(json);
  }

  private static Resource stored(String json) throws SQLException {
    try {
      return ResourceText.read(json);
    } catch (ResourceText.UnreadableException e) {
      throw new SQLException("a row cannot be read: " + e.getMessage(), e);
    }
  }

  private static void execute(Transactions rows, String sql, ResourceKey key) throws SQLException {
    PreparedStatement statement = rows.prepared(sql);
    key(statement, 1, key);
    statement.executeUpdate();
  }

  private static void key(PreparedStatement statement, int first, ResourceKey key)
      throws SQLException {
    statement.setString(first, kind(key.kind()));
    statement.setString(first + 1, key.namespace());
    statement.setString(first + 2, key.name());
  }

  private static String kind(Kind kind) {
    return kind.group().isEmpty() ? kind.plural() : kind.plural() + "." + kind.group();
  }
}

package io.leat.control.eventing.kafka;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.LogStats;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * The log of one Channel as a Kafka topic; its cursors are consumer groups.
 *
 * <p>Several processes may open the log of one Channel: each appends, and they share the partitions
 * among the readers of a cursor. {@link #append} never blocks; every other method may wait for a
 * broker, so none is called on an event loop. An append that {@code FAILED} may be there all the
 * same: Kafka could not say.
 */
public final class KafkaLog implements EventLog {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final KafkaContext context;
  private final Admin admin;
  private final KafkaTopic topic;
  private final TopicExtent extent;
  private final ColdReader reader;
  private final KafkaGroups groups;
  private final KafkaAppends appends;
  private final KafkaUpkeep upkeep;
  private final Map<String, KafkaCursor> cursors = new HashMap<>();

  private KafkaLog(
      KafkaClients clients,
      Admin admin,
      KafkaTopic topic,
      ChannelStorage storage,
      KafkaContext context) {
    this.clients = clients;
    this.context = context;
    this.admin = admin;
    this.topic = topic;
    extent = new TopicExtent(topic.partitions().size());
    reader = new ColdReader(clients, context.ticker());
    groups = new KafkaGroups(admin, topic, reader);
    appends = new KafkaAppends(clients, topic, context, extent);
    upkeep = new KafkaUpkeep(topic, groups, extent, storage, context);
  }

  /**
   * Opens the log of a Channel, and makes its topic when there is none.
   *
   * @throws IllegalArgumentException when an argument of the storage is missing or wrong
   * @throws IOException when no broker answers, or the topic would not keep what Leat writes
   */
  public static KafkaLog open(ChannelId channel, ChannelStorage storage, KafkaContext context)
      throws IOException {
    KafkaArguments arguments = KafkaArguments.of(storage.arguments());
    KafkaClients clients = new KafkaClients(channel, arguments);
    Admin admin = null;
    try {
      admin = clients.admin();
      KafkaTopic topic = KafkaTopic.open(admin, clients.topic(), arguments);
      KafkaLog log = new KafkaLog(clients, admin, topic, storage, context);
      log.extent.asked(topic.first(), topic.end());
      log.appends.start();
      log.upkeep.start();
      return log;
    } catch (IOException | KafkaException failed) {
      if (admin != null) {
        admin.close(CLOSE);
      }
      throw new IOException(
          "channel " + channel + " on " + arguments.servers() + ": " + failed.getMessage(), failed);
    }
  }

  @Override
  public void append(List<LogRecord> records, AppendListener listener) {
    if (upkeep.refuses() && !appends.closed()) {
      listener.appended(AppendOutcome.FULL, 0);
    } else {
      appends.append(records, listener);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the brokers do not answer
   */
  @Override
  public synchronized LogCursor cursor(String name, CursorStart start) {
    KafkaCursor known = cursors.get(name);
    if (known != null) {
      return known;
    }
    if (appends.closed()) {
      throw new UncheckedIOException(new IOException(topic.name() + " is closed"));
    }
    try {
      groups.begin(name, start);
      KafkaCursor cursor = new KafkaCursor(name, topic, groups, reader, extent);
      cursor.start(
          new CursorLoop(
              topic, cursor, context, clients.member(groups.group(name), CursorLoop.POLL_RECORDS)));
      cursors.put(name, cursor);
      return cursor;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (KafkaException failed) {
      throw new UncheckedIOException(new IOException(failed.getMessage(), failed));
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the brokers do not answer
   */
  @Override
  public synchronized void drop(String cursor) {
    KafkaCursor open = cursors.remove(cursor);
    if (open != null) {
      open.stop();
    }
    try {
      groups.drop(cursor);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the brokers do not answer
   */
  @Override
  public synchronized Set<String> cursors() {
    try {
      Set<String> names = new TreeSet<>(groups.cursors());
      names.addAll(cursors.keySet());
      return names;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public LogStats stats() {
    return new LogStats(
        extent.oldest(),
        extent.newest(),
        extent.kept() * extent.meanBytes(),
        appends.waitingBytes(),
        appends.closed());
  }

  /** Sends what was accepted, commits what is finished, and leaves. */
  @Override
  public synchronized void close() {
    appends.close();
    cursors.values().forEach(KafkaCursor::stop);
    upkeep.close();
    reader.close();
    admin.close(CLOSE);
  }
}

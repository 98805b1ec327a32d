package io.leat.control.publish;

import io.leat.proxy.routing.LiveTable.Outcome;
import io.leat.proxy.table.TableUpdate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends updates to every proxy and remembers which version each one serves.
 *
 * <p>Confined to the control thread. A proxy that refuses a difference, or is not at the version
 * that it starts from, gets the whole table.
 */
public final class TablePublisher {
  private static final Logger LOG = LoggerFactory.getLogger(TablePublisher.class);

  private final Map<String, Link> links = new LinkedHashMap<>();

  /** One proxy. */
  private static final class Link {
    final TableSink sink;
    long acknowledged;
    String refusal = "";

    Link(TableSink sink) {
      this.sink = sink;
    }
  }

  /** Adds a proxy, in place of one of the same name, and brings it to {@code table}. */
  public void connect(TableSink sink, TableUpdate.Snapshot table) {
    Link link = new Link(sink);
    links.put(sink.name(), link);
    if (table.version() > 0) {
      send(link, table);
    }
  }

  /** Forgets a proxy: it does not hold back Ready any more. */
  public void disconnect(String name) {
    links.remove(name);
  }

  /**
   * Brings every proxy to a version.
   *
   * @param whole the table at that version, asked for only when a proxy needs it
   */
  public void publish(TableUpdate update, Supplier<TableUpdate.Snapshot> whole) {
    for (Link link : links.values()) {
      boolean follows =
          !(update instanceof TableUpdate.Delta delta) || delta.fromVersion() == link.acknowledged;
      boolean live = follows && send(link, update);
      if (!live && !(follows && update instanceof TableUpdate.Snapshot)) {
        send(link, whole.get());
      }
    }
  }

  /** Sends the whole table to each proxy that does not serve it yet. */
  public void retry(TableUpdate.Snapshot table) {
    for (Link link : links.values()) {
      if (link.acknowledged < table.version()) {
        send(link, table);
      }
    }
  }

  /**
   * The newest version that every live proxy serves, 0 while one serves none; -1 without a proxy.
   */
  public long acknowledged() {
    long least = Long.MAX_VALUE;
    for (Link link : links.values()) {
      least = Math.min(least, link.acknowledged);
    }
    return links.isEmpty() ? -1 : least;
  }

  /** Which proxy refused the newest version and why; empty when none did. */
  public String refusal() {
    for (Link link : links.values()) {
      if (!link.refusal.isEmpty()) {
        return link.sink.name() + ": " + link.refusal;
      }
    }
    return "";
  }

  /** How many versions the slowest proxy is behind {@code version}. */
  public long lag(long version) {
    return links.isEmpty() ? 0 : version - Math.max(0, acknowledged());
  }

  private static boolean send(Link link, TableUpdate update) {
    Outcome outcome;
    try {
      outcome = link.sink.apply(update);
    } catch (RuntimeException broken) {
      LOG.error("proxy {} failed to apply table {}", link.sink.name(), update.version(), broken);
      outcome = new Outcome.Refused(update.version(), broken.toString());
    }
    return switch (outcome) {
      case Outcome.Acknowledged ack -> {
        link.acknowledged = ack.version();
        link.refusal = "";
        yield true;
      }
      case Outcome.Refused refused -> {
        link.refusal = refused.reason();
        LOG.warn(
            "proxy {} refused table {}: {}", link.sink.name(), refused.version(), refused.reason());
        yield false;
      }
    };
  }
}

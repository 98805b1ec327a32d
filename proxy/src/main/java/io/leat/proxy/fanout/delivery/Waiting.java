package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The items of one subscription that wait: for their next try, for their turn in a lane, or for
 * room. Only their places are kept; the log gives their bytes once more. Used by the event loop.
 */
final class Waiting {
  private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

  private final Subscription owner;
  private final LogCursor cursor;
  private final Window window;
  private final Feeder feeder;
  private final Lanes lanes = new Lanes();

  /** Nothing waits yet. */
  Waiting(Subscription owner, LogCursor cursor, Window window, Feeder feeder) {
    this.owner = owner;
    this.cursor = cursor;
    this.window = window;
    this.feeder = feeder;
  }

  /** Whether an item may go now; otherwise it waits until its lane is free. */
  boolean entered(Item item, String key, int salt) {
    if (item.lane != Item.NO_LANE) {
      return true;
    }
    item.lane = Lanes.of(key, salt);
    if (lanes.enter(item)) {
      return true;
    }
    window.park(item);
    return false;
  }

  /** An item has gone for good: the next one of its lane may go. */
  void leaveLane(Item item) {
    if (item.lane != Item.NO_LANE) {
      Item next = lanes.leave(item);
      if (next != null) {
        resume(next);
      }
    }
  }

  /** Events before an offset wait for their lanes no longer. */
  void release(long before) {
    lanes.release(before).forEach(window::place);
  }

  /** Forgets who waits for a lane. */
  void clear() {
    lanes.clear();
  }

  /** The item is started once more after a time. */
  void later(Item item, Duration pause) {
    window.park(item);
    if (pause.isZero()) {
      resume(item);
    } else {
      owner
          .loop()
          .after(
              pause.toNanos(),
              () -> {
                if (owner.isAt(item.epoch)) {
                  resume(item);
                }
              });
    }
  }

  /** An item that waits is started as soon as it is here. */
  void resume(Item item) {
    if (item.group != null) {
      window.waitsNoMore();
      owner.enqueue(item);
      return;
    }
    again(item, entry -> resumed(item, entry), gone -> vanished(item, gone));
  }

  private void again(Item item, Consumer<LogEntry> found, Consumer<RuntimeException> lost) {
    feeder.again(
        cursor,
        item.offset,
        entry -> whileAt(item, () -> found.accept(entry)),
        gone -> whileAt(item, () -> lost.accept(gone)));
  }

  private void whileAt(Item item, Runnable task) {
    owner
        .loop()
        .execute(() -> {
          if (owner.isAt(item.epoch)) {
            task.run();
          }
        });
  }

  private void resumed(Item item, LogEntry entry) {
    item.load(entry);
    window.resume(item);
    owner.pump();
  }

  /** The log gave an event up that waited, by its limits or because it was moved. */
  private void vanished(Item item, RuntimeException gone) {
    String name = owner.subscriber().name();
    LOG.warn("{} lost the record {}: {}", name, item.offset, gone.getMessage());
    owner.count(DeliveryOutcome.DROPPED);
    window.waitsNoMore();
    leaveLane(item);
    owner.pump();
  }

  /** Brings the bytes of hops of which only the places are kept. */
  void load() {
    Item place;
    while ((place = window.nextPlace(owner.subscriber().delivery().parallelism(), feeder.share()))
        != null) {
      Item hop = place;
      again(hop, entry -> loaded(hop, entry), gone -> unloaded(hop, gone));
    }
  }

  private void loaded(Item hop, LogEntry entry) {
    hop.load(entry);
    window.loaded(hop, true);
    owner.pump();
  }

  private void unloaded(Item hop, RuntimeException gone) {
    window.loaded(hop, false);
    vanished(hop, gone);
  }
}

package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.Account;
import io.leat.proxy.fanout.delivery.rule.Leaving;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.DeliveryPolicy;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the window of one subscription from its log: from memory on the event loop while it keeps
 * up, else through the feeder. Used by the event loop, except where it says otherwise.
 */
final class Reading {
  private static final Logger LOG = LoggerFactory.getLogger(Reading.class);
  private static final Duration UNREADABLE_PAUSE = Duration.ofSeconds(1);

  private final Subscription owner;
  private final LogCursor cursor;
  private final Window window;
  private final Feeder feeder;
  private final DeliveryLimits limits;
  private final Account account;

  /** Which reading of the log is the valid one; the feeder's thread. */
  private volatile int readEpoch;

  /** Whether records were asked for that did not come yet. */
  private boolean asked;

  /** Nothing is read yet. */
  Reading(Subscription owner, LogCursor cursor, Window window, Subscription.Surroundings around) {
    this.owner = owner;
    this.cursor = cursor;
    this.window = window;
    this.feeder = around.feeder();
    this.limits = around.limits();
    this.account = owner.account();
  }

  /** Goes on from another place for another epoch of the subscription. */
  void seek(CursorStart start, int epoch, Runnable placed) {
    feeder.run(() -> {
      cursor.seek(start);
      readEpoch = epoch;
      owner
          .loop()
          .execute(() -> {
            asked = false;
            placed.run();
          });
    });
  }

  /** How many records may be read now; 0 for none. */
  private int wanted() {
    Groups grouping = owner.groups();
    boolean full = grouping != null && grouping.full();
    boolean fits = feeder.share() > window.bytes() || window.isEmpty();
    return asked || owner.rests() || full || !fits
        ? 0
        : window.wanted(owner.subscriber().delivery().parallelism(), limits.waiting());
  }

  private long wantedBytes() {
    return Math.clamp(feeder.share() - window.bytes(), 1, limits.readBytes());
  }

  /** Takes what the log has in memory, so that who keeps up needs no other thread. */
  boolean inMemory() {
    int wanted = wanted();
    if (wanted == 0 || readEpoch != owner.epoch()) {
      return false;
    }
    List<LogEntry> entries = cursor.readInMemory(wanted, wantedBytes());
    take(entries);
    return !entries.isEmpty();
  }

  /** Asks for more, if more is wanted. */
  void more() {
    int wanted = wanted();
    if (wanted == 0) {
      return;
    }
    asked = true;
    int at = owner.epoch();
    if (readEpoch != at) {
      look(wanted);
      return;
    }
    cursor.whenReadable(() -> owner.loop().execute(() -> readable(at)));
  }

  private void readable(int at) {
    if (!owner.isAt(at)) {
      return;
    }
    asked = false;
    int wanted = owner.pumps() || inMemory() ? 0 : wanted();
    if (wanted > 0) {
      asked = true;
      look(wanted);
    } else {
      owner.pump();
    }
  }

  private void look(int wanted) {
    feeder.look(new Feeder.Look(cursor, wanted, wantedBytes(), this::readDone, this::readFailed));
  }

  /** On the feeder's thread. */
  private void readDone(List<LogEntry> entries) {
    int at = readEpoch;
    owner.loop().execute(() -> arrived(entries, at));
  }

  /** On the feeder's thread. */
  private void readFailed(RuntimeException failure) {
    LOG.error("the log of {} could not be read", owner.subscriber().name(), failure);
    owner
        .loop()
        .execute(() -> {
          account.problem("the log could not be read: " + failure.getMessage());
          owner
              .loop()
              .after(
                  UNREADABLE_PAUSE.toNanos(),
                  () -> {
                    asked = false;
                    owner.pump();
                  });
        });
  }

  private void arrived(List<LogEntry> entries, int at) {
    asked = false;
    account.problem("");
    if (owner.isAt(at)) {
      take(entries);
    }
    owner.pump();
  }

  private void take(List<LogEntry> entries) {
    Leaving ending = owner.leaving();
    for (LogEntry each : entries) {
      window.read(each);
      if (ending == null || ending.takes(each.offset(), each.kind())) {
        window.add(new Item(each, owner.epoch()));
      } else {
        cursor.finish(each.offset());
      }
    }
  }

  /**
   * Records of its own are durable: hops among them go ahead of events that were not read yet, in
   * their order and as far as there is room; the others are read when it is their turn.
   */
  void appended(long first, List<LogRecord> records) {
    boolean ahead = true;
    for (int i = 0; i < records.size(); i++) {
      LogRecord each = records.get(i);
      if (each.kind() == StoredEvent.FORWARD) {
        ahead = ahead && takeAhead(first + i, each);
        if (!ahead) {
          window.leaveBehind(first + i);
        }
      }
    }
  }

  private boolean takeAhead(long offset, LogRecord hop) {
    DeliveryPolicy policy = owner.subscriber().delivery();
    if (!window.takesAhead(policy.ordered(), limits.waiting()) || !cursor.take(offset, hop)) {
      return false;
    }
    Leaving ending = owner.leaving();
    if (ending != null) {
      ending.tookAhead();
    }
    LogEntry entry = new LogEntry(offset, owner.nowMillis(), hop.kind(), hop.payload());
    window.addAhead(new Item(entry, owner.epoch()), policy.parallelism(), feeder.share());
    return true;
  }
}

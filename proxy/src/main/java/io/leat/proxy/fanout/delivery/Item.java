package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way through a subscription. Used by the subscription's event loop; while it
 * waits it keeps no bytes of the record.
 */
final class Item {
  /** The lane of what need not be in order. */
  static final long NO_LANE = 0;

  final long offset;
  final long timestamp;
  final byte kind;
  final int epoch;
  byte @Nullable [] payload;

  /** Bytes that it takes of what may be in flight. */
  int cost;

  /** Tries that were made. */
  int tries;

  /** Tries that were put off in a row. */
  int putOff;

  long lane = NO_LANE;
  @Nullable Receipt receipt;

  /** The group that is handed over, when it is that and no record. */
  Groups.@Nullable Group group;

  Item(LogEntry entry, int epoch) {
    this.offset = entry.offset();
    this.timestamp = entry.timestamp();
    this.kind = entry.kind();
    this.epoch = epoch;
    load(entry);
  }

  /** Whether it is on its way to one place, and not one to ask somebody about. */
  boolean isHop() {
    return kind == StoredEvent.FORWARD;
  }

  final void load(LogEntry entry) {
    payload = entry.payload();
    cost = entry.payload().length;
  }
}

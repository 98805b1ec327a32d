package io.leat.proxy.fanout.account;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts the outcomes of one subscription. Its event loop adds; any thread reads. */
public final class DeliveryCounts {
  private final LongAdder[] counts = new LongAdder[DeliveryOutcome.values().length];

  /** All at zero. */
  public DeliveryCounts() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  /** Counts one; the event loop. */
  public void add(DeliveryOutcome outcome) {
    counts[outcome.ordinal()].increment();
  }

  /** What was counted so far; any thread. */
  public Map<DeliveryOutcome, Long> snapshot() {
    Map<DeliveryOutcome, Long> now = new EnumMap<>(DeliveryOutcome.class);
    for (DeliveryOutcome each : DeliveryOutcome.values()) {
      now.put(each, counts[each.ordinal()].sum());
    }
    return now;
  }
}

package io.leat.proxy.fanout.account;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of the events that a subscription saw lately. Its event loop writes, any thread
 * reads. An event may displace the receipt of another one: memory is bounded, not the past.
 */
public final class Receipts {
  private final AtomicReferenceArray<@Nullable Receipt> slots;

  /** No receipts; as many as given are kept at most. */
  public Receipts(int most) {
    slots = new AtomicReferenceArray<>(most);
  }

  /** Keeps a receipt; the event loop. */
  public void put(Receipt receipt) {
    slots.setOpaque(slot(receipt.source(), receipt.id()), receipt);
  }

  /** The receipt of an event, or null when it is not known; any thread. */
  public @Nullable Receipt find(String source, String id) {
    Receipt found = slots.getOpaque(slot(source, id));
    return found != null && found.source().equals(source) && found.id().equals(id) ? found : null;
  }

  /** The receipts of events that were given up or dead-lettered, in no order; any thread. */
  public List<Receipt> failed(int limit) {
    List<Receipt> found = new ArrayList<>();
    for (int i = 0; i < slots.length() && found.size() < limit; i++) {
      Receipt receipt = slots.getOpaque(i);
      if (receipt != null
          && (receipt.state() == Receipt.State.DROPPED
              || receipt.state() == Receipt.State.DEAD_LETTERED)) {
        found.add(receipt);
      }
    }
    return found;
  }

  private int slot(String source, String id) {
    int hash = 31 * source.hashCode() + id.hashCode();
    return Math.floorMod(hash ^ (hash >>> 16), slots.length());
  }
}

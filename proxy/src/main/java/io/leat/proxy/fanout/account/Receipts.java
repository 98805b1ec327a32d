package io.leat.proxy.fanout.account;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of the events that a subscription saw lately. Its event loop writes, any thread
 * reads. An event may displace the receipt of another one: memory is bounded, not the past.
 *
 * <p>Of an event that was delivered only a number is kept: most are, and what lives as long as
 * receipts do is costly to collect.
 */
public final class Receipts {
  private static final int MOST_TRIES = (1 << 10) - 1;
  private static final int STATUS_BITS = 10;
  private static final int PLAIN_BITS = 20;

  private final AtomicReferenceArray<@Nullable Receipt> slots;

  /** Of delivered events: 44 bits of the key, tries and status; made with the first. */
  private volatile @Nullable AtomicLongArray delivered;

  /** No receipts; as many as given are kept at most. */
  public Receipts(int most) {
    slots = new AtomicReferenceArray<>(most);
  }

  /** Keeps a receipt; the event loop. */
  public void put(Receipt receipt) {
    long key = key(receipt.source(), receipt.id());
    int slot = slot(key);
    boolean plain =
        receipt.state() == Receipt.State.DELIVERED
            && receipt.tries() <= MOST_TRIES
            && receipt.lastStatus() >> STATUS_BITS == 0
            && receipt.nextTryMillis() == 0;
    if (!plain) {
      slots.setOpaque(slot, receipt);
      return;
    }
    if (slots.getPlain(slot) != null) {
      slots.setOpaque(slot, null);
    }
    AtomicLongArray numbers = delivered;
    if (numbers == null) {
      numbers = new AtomicLongArray(slots.length());
      delivered = numbers;
    }
    long what = ((long) receipt.tries() << STATUS_BITS) | receipt.lastStatus();
    numbers.setOpaque(slot, (key >>> PLAIN_BITS << PLAIN_BITS) | what);
  }

  /** The receipt of an event, or null when it is not known; any thread. */
  public @Nullable Receipt find(String source, String id) {
    long key = key(source, id);
    int slot = slot(key);
    Receipt found = slots.getOpaque(slot);
    if (found != null) {
      return found.source().equals(source) && found.id().equals(id) ? found : null;
    }
    AtomicLongArray numbers = delivered;
    long number = numbers == null ? 0 : numbers.getOpaque(slot);
    if (number == 0 || number >>> PLAIN_BITS != key >>> PLAIN_BITS) {
      return null;
    }
    int tries = (int) (number >>> STATUS_BITS) & MOST_TRIES;
    int status = (int) number & ((1 << STATUS_BITS) - 1);
    return new Receipt(source, id, Receipt.State.DELIVERED, tries, status, 0);
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

  private static long key(String source, String id) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < source.length(); i++) {
      hash = (hash ^ source.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ 0xFFFF) * 0x100000001b3L;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    // The low bits of this hash depend on little: they are mixed with the high ones.
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    return hash ^ (hash >>> 32);
  }

  private int slot(long key) {
    return (int) Math.floorMod(key, (long) slots.length());
  }
}

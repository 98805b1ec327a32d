package io.leat.proxy.fanout.account;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription counted and what is known of it. Its event loop writes, any thread reads.
 */
public final class Account {
  private final DeliveryCounts counts = new DeliveryCounts();
  private final Receipts receipts;
  private volatile long observedGeneration = -1;
  private volatile String problem = "";
  private volatile @Nullable LastCall lastCall;

  /**
   * An account of nothing.
   *
   * @param receipts that are kept at most
   */
  public Account(int receipts) {
    this.receipts = new Receipts(receipts);
  }

  /** Counts an outcome; the event loop. */
  public void count(DeliveryOutcome outcome) {
    counts.add(outcome);
  }

  /** Keeps a receipt; the event loop. */
  public void note(Receipt receipt) {
    receipts.put(receipt);
  }

  /** A try ended; the event loop. */
  public void called(LastCall call) {
    lastCall = call;
  }

  /** Why it does not get on, empty when it does; the event loop. */
  public void problem(String now) {
    problem = now;
  }

  /** The delivery goes by a generation from now on; the event loop. */
  public void observed(long generation) {
    observedGeneration = generation;
  }

  /** What was counted so far. */
  public Map<DeliveryOutcome, Long> counted() {
    return counts.snapshot();
  }

  /** The receipt of an event, if it was seen lately. */
  public @Nullable Receipt receipt(String source, String id) {
    return receipts.find(source, id);
  }

  /** The receipts of events that were given up or dead-lettered lately. */
  public List<Receipt> failed(int limit) {
    return receipts.failed(limit);
  }

  /** How the latest try ended, or null before the first. */
  public @Nullable LastCall lastCall() {
    return lastCall;
  }

  /** Why it does not get on; empty when it does. */
  public String problem() {
    return problem;
  }

  /** The generation that the delivery goes by; -1 before the first. */
  public long observedGeneration() {
    return observedGeneration;
  }
}

package io.leat.proxy.fanout.delivery;

import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the logs of an engine for its subscriptions, on one thread of its own: a file is never read
 * on an event loop. Any thread may ask. Each subscription asks for one look at a time and once per
 * event that waits, so the queue is bounded by what subscriptions may keep waiting.
 */
public final class Feeder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feeder.class);
  private static final long STOP_MILLIS = 5000;

  private final DeliveryLimits limits;
  private final LinkedBlockingQueue<Runnable> asked = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile int subscriptions = 1;
  private volatile boolean closed;

  /**
   * A look into a log for a subscription.
   *
   * @param records that are wanted at most
   * @param bytes that are wanted, about
   * @param arrived gets what was read, at least one record, on the feeder's thread
   * @param failed is told when the log could not be read
   */
  record Look(
      LogCursor cursor,
      int records,
      long bytes,
      Consumer<List<LogEntry>> arrived,
      Consumer<RuntimeException> failed) {}

  /** A feeder that waits to be asked. */
  public Feeder(DeliveryLimits limits, ThreadFactory threads) {
    this.limits = limits;
    this.thread = threads.newThread(this::run);
    thread.start();
  }

  /** How many subscriptions share the bytes that may be in flight; control thread. */
  public void shared(int count) {
    subscriptions = Math.max(1, count);
  }

  /**
   * The bytes that one subscription may have in flight now: one that hangs takes none of others.
   */
  long share() {
    return limits.inFlightBytes() / subscriptions;
  }

  /** Reads when there is something to read. */
  void look(Look look) {
    run(() -> read(look));
  }

  /** Reads a record once more; the answer or the failure comes on the feeder's thread. */
  void again(
      LogCursor cursor,
      long offset,
      Consumer<LogEntry> arrived,
      Consumer<RuntimeException> failed) {
    run(() -> {
      LogEntry entry;
      try {
        entry = cursor.again(offset);
      } catch (RuntimeException gone) {
        failed.accept(gone);
        return;
      }
      arrived.accept(entry);
    });
  }

  /** Runs a task among the looks, where cursors may be moved. */
  public void run(Runnable task) {
    asked.add(task);
  }

  private void run() {
    while (!closed) {
      try {
        asked.take().run();
      } catch (InterruptedException stopped) {
        return;
      } catch (RuntimeException e) {
        LOG.error("a log could not be read", e);
      }
    }
  }

  private void read(Look look) {
    List<LogEntry> entries;
    try {
      entries = look.cursor().read(look.records(), look.bytes());
    } catch (RuntimeException unreadable) {
      look.failed().accept(unreadable);
      return;
    }
    if (entries.isEmpty()) {
      look.cursor().whenReadable(() -> look(look));
    } else {
      look.arrived().accept(entries);
    }
  }

  /** Stops; what was asked for is not read. */
  @Override
  public void close() {
    closed = true;
    // Not an interrupt: it would close the file that is being read.
    asked.add(() -> {});
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

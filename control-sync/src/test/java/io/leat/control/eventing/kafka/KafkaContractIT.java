package io.leat.control.eventing.kafka;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.DurableEventLogContract;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.LogStats;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A log on Kafka keeps the contract of every log, on one partition.
 *
 * <p>Its consumers fetch in the background, so that a record is seen a moment after it is durable;
 * the contract looks at once. Each look at a cursor therefore waits until that has everything.
 */
@ExtendWith(KafkaBroker.Shared.class)
final class KafkaContractIT extends DurableEventLogContract {
  private static final AtomicInteger CHANNELS = new AtomicInteger();

  private final KafkaBroker broker;
  private final String channel = "contract-" + CHANNELS.incrementAndGet();

  KafkaContractIT(KafkaBroker broker) {
    this.broker = broker;
  }

  @Override
  protected EventLog open() {
    return new SettledLog(KafkaLogs.open(channel, broker.arguments(1), "a"), new AtomicLong(-1));
  }

  /** The log, with cursors that wait for what is under way. */
  private record SettledLog(KafkaLog log, AtomicLong last) implements EventLog {
    @Override
    public void append(List<LogRecord> records, AppendListener listener) {
      log.append(
          records,
          (outcome, first) -> {
            if (outcome == AppendOutcome.DURABLE) {
              last.accumulateAndGet(first + records.size() - 1, Math::max);
            }
            listener.appended(outcome, first);
          });
    }

    @Override
    public LogCursor cursor(String name, CursorStart start) {
      return new SettledCursor((KafkaCursor) log.cursor(name, start), last);
    }

    @Override
    public void drop(String cursor) {
      log.drop(cursor);
    }

    @Override
    public Set<String> cursors() {
      return log.cursors();
    }

    @Override
    public LogStats stats() {
      return log.stats();
    }

    @Override
    public void close() {
      log.close();
    }
  }

  private record SettledCursor(KafkaCursor cursor, AtomicLong last) implements LogCursor {
    private void settle() {
      KafkaLogs.until(() -> {
        long known = last.get();
        return cursor.settled() && (known < 0 || cursor.hasTaken(known));
      });
    }

    @Override
    public String name() {
      return cursor.name();
    }

    @Override
    public List<LogEntry> read(int records, long bytes) {
      settle();
      return cursor.read(records, bytes);
    }

    @Override
    public LogEntry again(long offset) {
      return cursor.again(offset);
    }

    @Override
    public void finish(long offset) {
      cursor.finish(offset);
    }

    @Override
    public void whenReadable(Runnable task) {
      cursor.whenReadable(task);
    }

    @Override
    public void seek(CursorStart start) {
      cursor.seek(start);
    }

    @Override
    public long backlog() {
      settle();
      return cursor.backlog();
    }

    @Override
    public long backlogBytes() {
      settle();
      return cursor.backlogBytes();
    }
  }
}

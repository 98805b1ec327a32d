package io.leat.control.eventing.kafka;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes appends from any thread without ever blocking it, and hands them to Kafka's producers on a
 * thread of its own.
 *
 * <p>An append of one record is sent as it is; those of several records that wait together share a
 * transaction. Appends reach a partition in the order in which they were made.
 */
final class KafkaAppends implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaAppends.class);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final int MOST_WAITING = 1 << 14;
  private static final long MOST_BYTES = 32L << 20;
  private static final int ROUND = 256;

  /** One append: its listener is told exactly once. */
  record Append(List<LogRecord> records, long bytes, AppendListener listener) {}

  private final KafkaTopic topic;
  private final KafkaContext context;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaTransactions transactions;
  private final ArrayBlockingQueue<Append> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong waiting = new AtomicLong();
  private final TopicExtent extent;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean failing;
  private boolean unflushed;

  KafkaAppends(KafkaClients clients, KafkaTopic topic, KafkaContext context, TopicExtent extent) {
    this.topic = topic;
    this.context = context;
    this.extent = extent;
    this.producer = clients.producer();
    this.transactions = new KafkaTransactions(clients, topic, context);
    this.thread = context.threads().newThread(this);
  }

  void start() {
    thread.start();
  }

  /** Accepts an append, or answers it at once when too much waits. */
  void append(List<LogRecord> records, AppendListener listener) {
    long bytes = 0;
    for (LogRecord record : records) {
      extent.saw(record.payload().length);
      bytes += record.payload().length + record.key().length() + record.cursor().length() + 64L;
      if (record.payload().length > KafkaClients.MOST_PAYLOAD) {
        throw new IllegalArgumentException("payload of " + record.payload().length + " bytes");
      }
    }
    if (records.isEmpty()) {
      throw new IllegalArgumentException("an append without a record");
    }
    if (closed) {
      listener.appended(AppendOutcome.FAILED, 0);
      return;
    }
    Append append = new Append(List.copyOf(records), bytes, listener);
    if (!reserve(bytes)) {
      listener.appended(AppendOutcome.FULL, 0);
    } else if (!queue.offer(append)) {
      settle(append, AppendOutcome.FULL, 0);
    } else if (!thread.isAlive()) {
      // Closed in between: nobody else would answer it.
      failRest();
    }
  }

  long waitingBytes() {
    return waiting.get();
  }

  boolean closed() {
    return closed;
  }

  private boolean reserve(long bytes) {
    while (true) {
      long before = waiting.get();
      // One that is larger than the limit passes alone.
      if (before > 0 && before + bytes > MOST_BYTES) {
        return false;
      }
      if (waiting.compareAndSet(before, before + bytes)) {
        return true;
      }
    }
  }

  @Override
  public void run() {
    List<Append> round = new ArrayList<>();
    try {
      while (!(closed && queue.isEmpty())) {
        Append first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          round.add(first);
          queue.drainTo(round, ROUND - 1);
          send(round);
          round.clear();
        }
      }
    } catch (InterruptedException interrupted) {
      LOG.warn("{}: appends end, the thread was interrupted", topic.name());
    } finally {
      closed = true;
      producer.close(CLOSE);
      transactions.close();
      failRest();
    }
  }

  private void failRest() {
    for (Append append = queue.poll(); append != null; append = queue.poll()) {
      settle(append, AppendOutcome.FAILED, 0);
    }
  }

  private void send(List<Append> round) {
    int at = 0;
    while (at < round.size()) {
      if (round.get(at).records().size() == 1) {
        sendOne(round.get(at));
        at++;
        continue;
      }
      int end = at;
      while (end < round.size() && round.get(end).records().size() > 1) {
        end++;
      }
      sendMany(round.subList(at, end));
      at = end;
    }
  }

  private void sendOne(Append append) {
    unflushed = true;
    try {
      // How it ends is told to the callback.
      var _ =
          producer.send(
              KafkaRecords.toKafka(
                  topic.name(), null, context.clock().millis(), append.records().getFirst()),
              (where, failure) -> sent(append, where, failure));
    } catch (KafkaException failure) {
      settle(append, outcome(failure), 0);
    }
  }

  /** Runs on the producer's own thread. */
  private void sent(Append append, RecordMetadata where, @Nullable Exception failure) {
    if (failure != null) {
      settle(append, outcome(failure), 0);
      return;
    }
    failing = false;
    extent.appended(where.partition(), where.offset());
    settle(append, AppendOutcome.DURABLE, KafkaRecords.pack(where.partition(), where.offset()));
  }

  private void sendMany(List<Append> appends) {
    if (unflushed) {
      // Another producer sends these: what was appended before must be there before.
      producer.flush();
      unflushed = false;
    }
    try {
      List<RecordMetadata> first = transactions.commit(appends, extent);
      failing = false;
      for (int i = 0; i < appends.size(); i++) {
        RecordMetadata where = first.get(i);
        settle(
            appends.get(i),
            AppendOutcome.DURABLE,
            KafkaRecords.pack(where.partition(), where.offset()));
      }
    } catch (KafkaException failure) {
      AppendOutcome outcome = outcome(failure);
      appends.forEach(append -> settle(append, outcome, 0));
    }
  }

  private void settle(Append append, AppendOutcome outcome, long offset) {
    waiting.addAndGet(-append.bytes());
    append.listener().appended(outcome, offset);
  }

  private AppendOutcome outcome(Exception failure) {
    if (!failing) {
      failing = true;
      LOG.warn("{}: appends fail: {}", topic.name(), failure.toString());
    }
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof KafkaStorageException) {
        return AppendOutcome.NO_SPACE;
      }
      if (at instanceof BufferExhaustedException) {
        return AppendOutcome.FULL;
      }
    }
    return AppendOutcome.FAILED;
  }

  /** Sends what was accepted, waits for its acknowledgement, and answers everything else. */
  @Override
  public void close() {
    closed = true;
    Ended.await(thread);
  }
}

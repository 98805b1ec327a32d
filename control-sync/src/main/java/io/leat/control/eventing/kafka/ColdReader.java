package io.leat.control.eventing.kafka;

import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads single records of a topic again, with a consumer of its own. Any thread, one at a time. */
final class ColdReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final KafkaClients clients;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private boolean closed;

  ColdReader(KafkaClients clients, Ticker ticker) {
    this.clients = clients;
    this.ticker = ticker;
  }

  /**
   * The record at the offset or the next one after it; null when there is none yet.
   *
   * @throws IOException when the brokers do not answer
   */
  @Nullable ConsumerRecord<byte[], byte[]> from(TopicPartition at, long offset) throws IOException {
    lock.lock();
    try {
      KafkaConsumer<byte[], byte[]> reader = reader();
      reader.assign(List.of(at));
      Long end = reader.endOffsets(List.of(at)).get(at);
      if (end == null || offset >= end) {
        return null;
      }
      reader.seek(at, offset);
      long start = ticker.nanos();
      while (ticker.nanos() - start < PATIENCE.toNanos()) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          return record;
        }
        if (reader.position(at) >= end) {
          return null;
        }
      }
      throw new IOException("kafka: no answer for " + at + " at " + offset);
    } catch (KafkaException failed) {
      throw new IOException("kafka: " + failed.getMessage(), failed);
    } finally {
      lock.unlock();
    }
  }

  private KafkaConsumer<byte[], byte[]> reader() throws IOException {
    if (closed) {
      throw new IOException("kafka: the log is closed");
    }
    if (consumer == null) {
      consumer = clients.loner();
    }
    return consumer;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (consumer != null) {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE));
        consumer = null;
      }
    } finally {
      lock.unlock();
    }
  }
}

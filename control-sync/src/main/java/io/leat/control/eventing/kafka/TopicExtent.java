package io.leat.control.eventing.kafka;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/**
 * What this process knows of a topic: where each partition begins and ends, and how large records
 * are on average. Producers, cursors and the upkeep write, anybody reads.
 */
final class TopicExtent {
  private static final long USUAL_BYTES = 1024;

  private final AtomicLongArray first;
  private final AtomicLongArray next;
  private final LongAdder records = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  TopicExtent(int partitions) {
    first = new AtomicLongArray(partitions);
    next = new AtomicLongArray(partitions);
  }

  void appended(int partition, long offset) {
    next.accumulateAndGet(partition, offset + 1, Math::max);
  }

  void asked(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
    begins.forEach((at, offset) -> first.accumulateAndGet(at.partition(), offset, Math::max));
    ends.forEach((at, offset) -> next.accumulateAndGet(at.partition(), offset, Math::max));
  }

  void saw(long size) {
    records.increment();
    bytes.add(size);
  }

  /** The mean size of the payloads that this process appended or read. */
  long meanBytes() {
    long seen = records.sum();
    return seen == 0 ? USUAL_BYTES : bytes.sum() / seen;
  }

  /** The smallest place of a record that is kept. */
  long oldest() {
    for (int i = 0; i < next.length(); i++) {
      if (first.get(i) < next.get(i)) {
        return KafkaRecords.pack(i, first.get(i));
      }
    }
    return KafkaRecords.pack(0, first.get(0));
  }

  /** Behind the largest place of a record that is kept. */
  long newest() {
    for (int i = next.length() - 1; i > 0; i--) {
      if (first.get(i) < next.get(i)) {
        return KafkaRecords.pack(i, next.get(i));
      }
    }
    return KafkaRecords.pack(0, next.get(0));
  }

  /** Records that are kept, about: Kafka's own marks count. */
  long kept() {
    long sum = 0;
    for (int i = 0; i < next.length(); i++) {
      sum += Math.max(0, next.get(i) - first.get(i));
    }
    return sum;
  }
}

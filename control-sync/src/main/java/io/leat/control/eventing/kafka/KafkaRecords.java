package io.leat.control.eventing.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Log records as Kafka records and back: the payload is the value, the key picks the partition, and
 * headers say what the bytes are and whom they are for.
 */
final class KafkaRecords {
  /** One byte: the kind of the record. */
  static final String KIND = "leat-kind";

  /** The one cursor that gets the record, in UTF-8; no such header for every cursor. */
  static final String CURSOR = "leat-cursor";

  private static final int OFFSET_BITS = 48;
  private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

  private KafkaRecords() {}

  /** Partition and offset as the one number that a log speaks of; grows within a partition. */
  static long pack(int partition, long offset) {
    if (partition >> 15 != 0 || offset < 0 || offset > OFFSET_MASK) {
      throw new IllegalArgumentException("out of range: partition " + partition + " at " + offset);
    }
    return (long) partition << OFFSET_BITS | offset;
  }

  static int partition(long packed) {
    return (int) (packed >>> OFFSET_BITS);
  }

  static long offset(long packed) {
    return packed & OFFSET_MASK;
  }

  static ProducerRecord<byte[], byte[]> toKafka(
      String topic, @Nullable Integer partition, long timestamp, LogRecord record) {
    List<Header> headers = new ArrayList<>(2);
    headers.add(new RecordHeader(KIND, new byte[] {record.kind()}));
    if (!record.cursor().isEmpty()) {
      headers.add(new RecordHeader(CURSOR, record.cursor().getBytes(UTF_8)));
    }
    byte @Nullable [] key = record.key().isEmpty() ? null : record.key().getBytes(UTF_8);
    return new ProducerRecord<>(topic, partition, timestamp, key, record.payload(), headers);
  }

  /** The partition that Kafka's own partitioner gives a key, or null when the record has none. */
  static @Nullable Integer partitionOf(LogRecord record, int partitions) {
    return record.key().isEmpty()
        ? null
        : Utils.toPositive(Utils.murmur2(record.key().getBytes(UTF_8))) % partitions;
  }

  /** Whether a cursor of that name gets the record; records that Leat did not write are for all. */
  static boolean isFor(ConsumerRecord<byte[], byte[]> record, byte[] cursor) {
    Header directed = record.headers().lastHeader(CURSOR);
    return directed == null || Arrays.equals(directed.value(), cursor);
  }

  static LogEntry toEntry(ConsumerRecord<byte[], byte[]> record) {
    Header kind = record.headers().lastHeader(KIND);
    byte[] kindBytes = kind == null ? null : kind.value();
    byte[] payload = record.value();
    return new LogEntry(
        KafkaRecords.pack(record.partition(), record.offset()),
        record.timestamp(),
        kindBytes == null || kindBytes.length == 0 ? 0 : kindBytes[0],
        payload == null ? new byte[0] : payload);
  }
}

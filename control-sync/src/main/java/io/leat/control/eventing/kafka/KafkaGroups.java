package io.leat.control.eventing.kafka;

import io.leat.proxy.log.CursorStart;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consumer groups of one Channel: which cursors there are, and where each began. */
final class KafkaGroups {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaGroups.class);

  private final Admin admin;
  private final KafkaTopic topic;
  private final ColdReader reader;
  private final String prefix;

  KafkaGroups(Admin admin, KafkaTopic topic, ColdReader reader) {
    this.admin = admin;
    this.topic = topic;
    this.reader = reader;
    this.prefix = topic.name() + ".";
  }

  /** The group of a cursor: a name means another cursor in another Channel. */
  String group(String cursor) {
    return prefix + cursor;
  }

  /** The cursors that the brokers keep. */
  Set<String> cursors() throws IOException {
    Set<String> names = new TreeSet<>();
    for (GroupListing group :
        KafkaTopic.await(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all())) {
      if (group.groupId().startsWith(prefix)) {
        names.add(group.groupId().substring(prefix.length()));
      }
    }
    return names;
  }

  /** What a cursor has finished, per partition; partitions that it never committed are missing. */
  Map<TopicPartition, Long> committed(String cursor) throws IOException {
    Map<TopicPartition, Long> found = new HashMap<>();
    String group = group(cursor);
    try {
      KafkaTopic.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group))
          .forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(topic.name())) {
              found.put(partition, offset.offset());
            }
          });
    } catch (IOException failed) {
      if (!(failed.getCause() instanceof GroupIdNotFoundException)) {
        throw failed;
      }
    }
    return found;
  }

  /** Gives a cursor that the brokers do not know its place, durably; leaves one that they know. */
  void begin(String cursor, CursorStart start) throws IOException {
    if (!committed(cursor).isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
    places(start).forEach((at, offset) -> places.put(at, new OffsetAndMetadata(offset)));
    try {
      KafkaTopic.patiently(() -> admin.alterConsumerGroupOffsets(group(cursor), places).all());
    } catch (IOException failed) {
      // Another process reads with it already, so it has given it a place.
      if (!(failed.getCause() instanceof UnknownMemberIdException
          || failed.getCause() instanceof GroupNotEmptyException)) {
        throw failed;
      }
    }
  }

  /** The offset of each partition at which a cursor begins. */
  Map<TopicPartition, Long> places(CursorStart start) throws IOException {
    return switch (start) {
      case CursorStart.End end -> topic.end();
      case CursorStart.Beginning beginning -> topic.first();
      case CursorStart.Time time -> topic.since(time.millis());
      case CursorStart.Offset at -> around(at.offset());
    };
  }

  /** One partition from the offset, the others from the time of the record there. */
  private Map<TopicPartition, Long> around(long packed) throws IOException {
    TopicPartition at = topic.partition(KafkaRecords.partition(packed));
    ConsumerRecord<byte[], byte[]> record = reader.from(at, KafkaRecords.offset(packed));
    Map<TopicPartition, Long> places =
        record == null ? topic.end() : topic.since(record.timestamp());
    if (record != null) {
      places.put(at, record.offset());
    }
    return places;
  }

  /** Forgets a cursor. While another process still reads with it, it stays until that drops it. */
  void drop(String cursor) throws IOException {
    try {
      KafkaTopic.await(admin.deleteConsumerGroups(List.of(group(cursor))).all());
    } catch (IOException failed) {
      if (failed.getCause() instanceof GroupNotEmptyException) {
        LOG.info("{} is kept: another process still reads with it", group(cursor));
      } else if (!(failed.getCause() instanceof GroupIdNotFoundException)) {
        throw failed;
      }
    }
  }
}

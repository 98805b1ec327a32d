package io.leat.control.eventing.kafka;

import io.leat.control.eventing.kafka.KafkaAppends.Append;
import io.leat.proxy.log.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Appends of several records, all or none: each call is one Kafka transaction.
 *
 * <p>Used by the thread of the appends alone. Its producer is made for the first such append, and
 * anew after a failure, which ends whatever the old one left open.
 */
final class KafkaTransactions implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final KafkaTopic topic;
  private final KafkaContext context;
  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private int turn;

  KafkaTransactions(KafkaClients clients, KafkaTopic topic, KafkaContext context) {
    this.clients = clients;
    this.topic = topic;
    this.context = context;
  }

  /**
   * Appends them all.
   *
   * @return where the first record of each is
   * @throws KafkaException when it is not known that all are there; none is then, or all appear
   */
  List<RecordMetadata> commit(List<Append> appends, TopicExtent extent) {
    try {
      KafkaProducer<byte[], byte[]> sender = begun();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Append append : appends) {
        sendAll(sender, append, sent);
      }
      sender.commitTransaction();
      return firsts(appends, sent, extent);
    } catch (KafkaException failure) {
      drop();
      throw failure;
    }
  }

  private KafkaProducer<byte[], byte[]> begun() {
    KafkaProducer<byte[], byte[]> sender = producer;
    if (sender == null) {
      sender = clients.transactional(context.instance());
      producer = sender;
      sender.initTransactions();
    }
    sender.beginTransaction();
    return sender;
  }

  /** Records without a key stay together: order within an append is order within a partition. */
  private void sendAll(
      KafkaProducer<byte[], byte[]> sender, Append append, List<Future<RecordMetadata>> sent) {
    int partitions = topic.partitions().size();
    int together = turn++ & Integer.MAX_VALUE;
    for (LogRecord record : append.records()) {
      Integer partition = KafkaRecords.partitionOf(record, partitions);
      sent.add(
          sender.send(
              KafkaRecords.toKafka(
                  topic.name(),
                  partition == null ? Integer.valueOf(together % partitions) : partition,
                  context.clock().millis(),
                  record)));
    }
  }

  private static List<RecordMetadata> firsts(
      List<Append> appends, List<Future<RecordMetadata>> sent, TopicExtent extent) {
    List<RecordMetadata> firsts = new ArrayList<>(appends.size());
    int at = 0;
    for (Append append : appends) {
      firsts.add(done(sent.get(at)));
      for (int i = 0; i < append.records().size(); i++) {
        RecordMetadata where = done(sent.get(at++));
        extent.appended(where.partition(), where.offset());
      }
    }
    return firsts;
  }

  private static RecordMetadata done(Future<RecordMetadata> sent) {
    try {
      return sent.get();
    } catch (ExecutionException failed) {
      throw new KafkaException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", interrupted);
    }
  }

  private void drop() {
    KafkaProducer<byte[], byte[]> broken = producer;
    producer = null;
    if (broken != null) {
      broken.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(CLOSE);
    }
  }
}

package io.leat.control.eventing.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/** The topic of one Channel: makes it, and knows where it begins and ends. Any thread may ask. */
final class KafkaTopic {
  private static final long TIMEOUT_SECONDS = 20;
  private static final int MOST_TRIES = 100;
  private static final long TRY_NANOS = 50_000_000;
  private static final Set<String> READABLE = Set.of("producer", "uncompressed", "gzip");

  private final Admin admin;
  private final String name;
  private final List<TopicPartition> partitions;

  private KafkaTopic(Admin admin, String name, int partitions) {
    this.admin = admin;
    this.name = name;
    List<TopicPartition> list = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      list.add(new TopicPartition(name, i));
    }
    this.partitions = List.copyOf(list);
  }

  /**
   * Finds the topic, or makes it.
   *
   * @throws IOException when no broker answers, or the topic that exists would lose records
   */
  static KafkaTopic open(Admin admin, String name, KafkaArguments arguments) throws IOException {
    int partitions;
    try {
      partitions = await(description(admin, name)).partitions().size();
    } catch (IOException failed) {
      if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw failed;
      }
      if (create(admin, name, arguments)) {
        return new KafkaTopic(admin, name, arguments.partitions());
      }
      partitions = patiently(() -> description(admin, name)).partitions().size();
    }
    check(admin, name);
    return new KafkaTopic(admin, name, partitions);
  }

  private static KafkaFuture<TopicDescription> description(Admin admin, String name) {
    return Objects.requireNonNull(admin.describeTopics(List.of(name)).topicNameValues().get(name));
  }

  /** False when the topic exists: a broker may not know yet of a topic that another made. */
  private static boolean create(Admin admin, String name, KafkaArguments arguments)
      throws IOException {
    NewTopic topic =
        new NewTopic(name, arguments.partitions(), arguments.replication())
            .configs(
                Map.of(
                    // Kafka deletes by age and size whatever was not read; Leat deletes itself.
                    TopicConfig.RETENTION_MS_CONFIG,
                    "-1",
                    TopicConfig.RETENTION_BYTES_CONFIG,
                    "-1",
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_DELETE,
                    TopicConfig.COMPRESSION_TYPE_CONFIG,
                    "uncompressed",
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Integer.toString(KafkaClients.MOST_PAYLOAD + KafkaClients.ENVELOPE)));
    try {
      await(admin.createTopics(List.of(topic)).all());
      return true;
    } catch (IOException failed) {
      if (failed.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw failed;
    }
  }

  private static void check(Admin admin, String name) throws IOException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    Config config =
        patiently(() ->
            Objects.requireNonNull(
                admin.describeConfigs(List.of(resource)).values().get(resource)));
    String cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    if (!TopicConfig.CLEANUP_POLICY_DELETE.equals(cleanup)) {
      throw new IOException(
          "topic " + name + ": cleanup.policy is " + cleanup + " (expected: delete)");
    }
    String compression = config.get(TopicConfig.COMPRESSION_TYPE_CONFIG).value();
    if (!READABLE.contains(compression)) {
      throw new IOException(
          "topic " + name + ": compression.type is " + compression + " (expected: uncompressed)");
    }
  }

  String name() {
    return name;
  }

  List<TopicPartition> partitions() {
    return partitions;
  }

  TopicPartition partition(int number) {
    if (number >= partitions.size()) {
      throw new IllegalArgumentException("no partition " + number + " in " + name);
    }
    return partitions.get(number);
  }

  /** The oldest offset of each partition. */
  Map<TopicPartition, Long> first() throws IOException {
    return offsets(OffsetSpec.earliest());
  }

  /** Behind the newest readable record of each partition. */
  Map<TopicPartition, Long> end() throws IOException {
    return offsets(OffsetSpec.latest());
  }

  /** The first record of each partition that is not older, or its end. */
  Map<TopicPartition, Long> since(long millis) throws IOException {
    Map<TopicPartition, Long> found = offsets(OffsetSpec.forTimestamp(millis));
    if (found.containsValue(ListOffsetsResponse.UNKNOWN_OFFSET)) {
      Map<TopicPartition, Long> end = end();
      found.replaceAll((at, offset) -> offset < 0 ? end.getOrDefault(at, 0L) : offset);
    }
    return found;
  }

  private Map<TopicPartition, Long> offsets(OffsetSpec spec) throws IOException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    Map<TopicPartition, Long> found = new HashMap<>();
    patiently(() ->
            admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all())
        .forEach((partition, info) -> found.put(partition, info.offset()));
    return found;
  }

  /** Lets go of what is before the offsets. */
  void delete(Map<TopicPartition, Long> before) throws IOException {
    Map<TopicPartition, RecordsToDelete> asked = new HashMap<>();
    before.forEach((at, offset) -> asked.put(at, RecordsToDelete.beforeOffset(offset)));
    if (!asked.isEmpty()) {
      await(admin.deleteRecords(asked).all());
    }
  }

  /** The value of a Kafka future, asked again while a new topic is not known to every broker. */
  static <T> T patiently(Supplier<KafkaFuture<T>> question) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return await(question.get());
      } catch (IOException failed) {
        if (tries == MOST_TRIES
            || !(failed.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw failed;
        }
      }
      LockSupport.parkNanos(TRY_NANOS);
    }
  }

  /** The value of a Kafka future; the cause of the exception is Kafka's own. */
  static <T> T await(KafkaFuture<T> future) throws IOException {
    try {
      return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("kafka: interrupted", interrupted);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      throw new IOException("kafka: " + cause.getMessage(), cause);
    } catch (TimeoutException | KafkaException failed) {
      throw new IOException("kafka: " + failed, failed);
    }
  }
}

package io.leat.control.eventing.kafka;

import io.leat.proxy.table.ChannelId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the Kafka clients of one Channel, each set up for what it does. */
final class KafkaClients {
  /** The largest payload of a record. */
  static final int MOST_PAYLOAD = 1 << 26;

  /** What a record on the wire may have besides its payload. */
  static final int ENVELOPE = 1 << 16;

  private static final int BLOCK_MILLIS = 10_000;
  private static final int DELIVERY_MILLIS = 30_000;
  private static final int REQUEST_MILLIS = 10_000;
  private static final int TRANSACTION_MILLIS = 10_000;
  private static final int TRANSACTION_BLOCK_MILLIS = 5_000;
  private static final int SESSION_MILLIS = 10_000;
  private static final int HEARTBEAT_MILLIS = 1_000;
  private static final int FETCH_BYTES = 2 << 20;
  private static final int FETCH_WAIT_MILLIS = 200;
  private static final int PARTITION_FETCH_BYTES = 256 << 10;

  private final ChannelId channel;
  private final KafkaArguments arguments;

  KafkaClients(ChannelId channel, KafkaArguments arguments) {
    this.channel = channel;
    this.arguments = arguments;
  }

  ChannelId channel() {
    return channel;
  }

  /** {@code leat.<namespace>.<name>}: labels have no dot, so no two Channels share it. */
  String topic() {
    return "leat." + channel.namespace() + "." + channel.name();
  }

  Admin admin() {
    Map<String, Object> settings = common("admin");
    settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    return Admin.create(settings);
  }

  /** A producer for appends of one record. */
  KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(producing("append"));
  }

  /** A producer for appends of several records; a name belongs to one producer at a time. */
  KafkaProducer<byte[], byte[]> transactional(String instance) {
    Map<String, Object> settings = producing("append-many");
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic() + "." + instance);
    // Readers do not get past an open transaction: one that its process left must end soon.
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
    // Other appends wait meanwhile.
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_BLOCK_MILLIS);
    return new KafkaProducer<>(settings);
  }

  /** A member of a cursor's group. */
  KafkaConsumer<byte[], byte[]> member(String group, int records) {
    Map<String, Object> settings = consuming("cursor-" + group);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    // A member hears of a change of the group by its next heartbeat.
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    return new KafkaConsumer<>(settings);
  }

  /** A consumer of no group, for single records. */
  KafkaConsumer<byte[], byte[]> loner() {
    Map<String, Object> settings = consuming("single");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1);
    return new KafkaConsumer<>(settings);
  }

  private Map<String, Object> producing(String role) {
    Map<String, Object> settings = common(role);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_PAYLOAD + ENVELOPE);
    // More than appends may hold, so that a send never waits for memory.
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * (MOST_PAYLOAD + ENVELOPE));
    return settings;
  }

  private Map<String, Object> consuming(String role) {
    Map<String, Object> settings = common(role);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    // A fetch that waits for records at the end delays one from elsewhere after a seek.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, BLOCK_MILLIS);
    return settings;
  }

  private Map<String, Object> common(String role) {
    Map<String, Object> settings = new HashMap<>(arguments.security());
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, arguments.servers());
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "leat-" + channel + "-" + role);
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    // Nobody reads these: no MBeans, nothing pushed to the brokers.
    settings.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    return settings;
  }
}

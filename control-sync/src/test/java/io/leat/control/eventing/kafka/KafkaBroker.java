package io.leat.control.eventing.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** One real Kafka broker, which is its own controller, in the JVM of a test. */
final class KafkaBroker implements AutoCloseable {
  private final KafkaClusterTestKit cluster;

  private KafkaBroker(KafkaClusterTestKit cluster) {
    this.cluster = cluster;
  }

  static KafkaBroker start() {
    try {
      KafkaClusterTestKit cluster =
          new KafkaClusterTestKit.Builder(
                  new TestKitNodes.Builder()
                      .setCombined(true)
                      .setNumBrokerNodes(1)
                      .setNumControllerNodes(1)
                      .build())
              .setConfigProp("auto.create.topics.enable", "false")
              .setConfigProp("group.initial.rebalance.delay.ms", "0")
              .setConfigProp("offsets.topic.num.partitions", "4")
              .setConfigProp("transaction.state.log.num.partitions", "4")
              .setConfigProp("offsets.topic.replication.factor", "1")
              .setConfigProp("transaction.state.log.replication.factor", "1")
              .setConfigProp("transaction.state.log.min.isr", "1")
              .build();
      cluster.format();
      cluster.startup();
      cluster.waitForReadyBrokers();
      return new KafkaBroker(cluster);
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** Arguments of a Channel on this broker. */
  Map<String, String> arguments(int partitions) {
    Map<String, String> arguments = new HashMap<>();
    arguments.put(KafkaArguments.SERVERS, cluster.bootstrapServers());
    arguments.put(KafkaArguments.PARTITIONS, Integer.toString(partitions));
    return arguments;
  }

  /** The broker leaves its port; what it acknowledged is on disk. */
  void stop() {
    cluster.brokers().values().forEach(broker -> broker.shutdown());
  }

  /** The stopped broker comes back on the same port with the same files. */
  void restart() {
    cluster.brokers().values().forEach(broker -> broker.startup());
  }

  @Override
  public void close() {
    try {
      cluster.close();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }
}

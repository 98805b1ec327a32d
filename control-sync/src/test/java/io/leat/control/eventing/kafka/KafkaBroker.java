package io.leat.control.eventing.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

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

  @Override
  public void close() {
    try {
      cluster.close();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** Gives tests the one broker of their JVM, which ends with the last of them. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == KafkaBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(KafkaBroker.class, type -> KafkaBroker.start(), KafkaBroker.class);
    }
  }
}

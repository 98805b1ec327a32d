package io.leat.control.eventing.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a Channel on Kafka is given: which brokers, how its topic is made, and how to log in.
 *
 * @param servers {@code host:port} of one broker or more, with commas between
 * @param partitions of a topic that is made, 1 to 1024
 * @param replication how many brokers keep each of them
 * @param security settings that every Kafka client gets as they are
 */
public record KafkaArguments(
    String servers, int partitions, short replication, Map<String, String> security) {

  /** Required: the brokers that are asked first. */
  public static final String SERVERS = "bootstrap.servers";

  /** Partitions of a topic that is made. */
  public static final String PARTITIONS = "partitions";

  /** Replicas of a topic that is made. */
  public static final String REPLICATION = "replication";

  private static final int MOST_PARTITIONS = 1024;
  private static final List<String> SECURITY = List.of("security.", "sasl.", "ssl.");

  /** Copies the map. */
  public KafkaArguments {
    security = Map.copyOf(security);
  }

  /**
   * Reads the arguments of a Channel.
   *
   * @throws IllegalArgumentException when one is missing, unknown or no number; the message names
   *     it
   */
  public static KafkaArguments of(Map<String, String> arguments) {
    String servers = arguments.getOrDefault(SERVERS, "");
    if (servers.isBlank()) {
      throw new IllegalArgumentException(SERVERS + ": missing (expected: host:port,…)");
    }
    Map<String, String> security = new HashMap<>();
    for (String name : new TreeSet<>(arguments.keySet())) {
      if (SECURITY.stream().anyMatch(name::startsWith)) {
        security.put(name, arguments.getOrDefault(name, ""));
      } else if (!List.of(SERVERS, PARTITIONS, REPLICATION).contains(name)) {
        throw new IllegalArgumentException(
            name
                + ": unknown (expected: "
                + String.join(", ", SERVERS, PARTITIONS, REPLICATION)
                + ", security.*, sasl.*, ssl.*)");
      }
    }
    return new KafkaArguments(
        servers,
        number(arguments, PARTITIONS, 8, MOST_PARTITIONS),
        (short) number(arguments, REPLICATION, 1, Byte.MAX_VALUE),
        security);
  }

  private static int number(Map<String, String> arguments, String name, int usual, int most) {
    String text = arguments.getOrDefault(name, Integer.toString(usual));
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          name + ": " + text + " (expected: 1 to " + most + ")", notANumber);
    }
    throw new IllegalArgumentException(name + ": " + text + " (expected: 1 to " + most + ")");
  }

  /** Without the security settings: they hold passwords. */
  @Override
  public String toString() {
    return "KafkaArguments[" + servers + ", " + partitions + " partitions × " + replication + "]";
  }
}

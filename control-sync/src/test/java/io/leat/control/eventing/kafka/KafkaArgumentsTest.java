package io.leat.control.eventing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KafkaArgumentsTest {
  @Test
  void onlyTheBrokersAreRequired() {
    KafkaArguments arguments = KafkaArguments.of(Map.of("bootstrap.servers", "k:9092"));
    assertThat(arguments).isEqualTo(new KafkaArguments("k:9092", 8, (short) 1, Map.of()));
    assertThatThrownBy(() -> KafkaArguments.of(Map.of("partitions", "3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bootstrap.servers: missing");
  }

  @Test
  void securityGoesToTheClientsAndIntoNoMessage() {
    KafkaArguments arguments =
        KafkaArguments.of(
            Map.of("bootstrap.servers", "k:9092", "sasl.jaas.config", "password=geheim"));
    assertThat(arguments.security()).containsEntry("sasl.jaas.config", "password=geheim");
    assertThat(arguments.toString()).doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource({"partitions,0", "partitions,1025", "partitions,x", "replication,0", "acks,1"})
  void whatIsWrongIsNamed(String name, String value) {
    assertThatThrownBy(() -> KafkaArguments.of(Map.of("bootstrap.servers", "k:9092", name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + ": ");
  }
}

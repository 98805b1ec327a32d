package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.subscription;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.scenario.EventReceiver.Got;
import io.leat.control.scenario.EventReceiver.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An order is split into parts, and the parts are aggregated to one event, while Leat is killed in
 * between: after any part, or while the aggregator answers. {@code -Dleat.channel.parts}, 200 by
 * default; {@code -Dleat.channel.orders}, 2 by default.
 */
class ChannelRolesIT {
  private static final int PARTS = Integer.getInteger("leat.channel.parts", 200);
  private static final int ORDERS = Integer.getInteger("leat.channel.orders", 2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BATCH = "application/cloudevents-batch+json";

  @TempDir Path dir;
  private final EventReceiver receiver = new EventReceiver();

  /** Orders of which the aggregator was called, and in whose life Leat was killed. */
  private final Set<String> joining = ConcurrentHashMap.newKeySet();

  private final Set<String> killed = ConcurrentHashMap.newKeySet();

  @AfterEach
  void close() {
    receiver.close();
  }

  private String manifest() throws IOException {
    String text =
        ChannelManifests.channel("orders")
            + ChannelManifests.channel("parts")
            + ChannelManifests.channel("wholes")
            + subscription("split", "orders")
                .annotation("role", "splitter")
                .call(receiver.url("split"))
                .result("parts")
            + subscription("watch", "parts").call(receiver.url("watch"))
            + subscription("join", "parts")
                .annotation("role", "aggregator")
                .annotation("aggregate-by", "knativesplitid")
                .annotation("aggregate-size", "split")
                .call(receiver.url("join"))
                .result("wholes")
            + subscription("last", "wholes").call(receiver.url("last"));
    receiver.on("split", ChannelRolesIT::split);
    receiver.on("join", this::join);
    return Files.writeString(dir.resolve("roles.yaml"), text).toString();
  }

  private static Reply split(Got order) {
    ArrayNode parts = JSON.createArrayNode();
    for (int i = 0; i < PARTS; i++) {
      ObjectNode part = parts.addObject().put("specversion", "1.0").put("source", "/split");
      part.put("type", "part").put("id", order.id() + "-" + i).put("data", "part " + i);
    }
    return new Reply(200, Map.of("content-type", BATCH), parts.toString().getBytes(UTF_8));
  }

  /** The first answer for every second order comes too late for the Leat that asks. */
  private Reply join(Got group) {
    JsonNode members = json(group.body());
    String order = members.path(0).path("causationid").asText();
    if (joining.add(order) && Integer.parseInt(order.substring("order".length())) % 2 == 1) {
      until(() -> killed.contains(order));
    }
    ArrayNode ids = JSON.createArrayNode();
    members.forEach(member -> ids.add(member.path("id").asText()));
    Map<String, String> event =
        Map.of(
            "ce-specversion", "1.0",
            "ce-source", "/join",
            "ce-type", "whole",
            "ce-id", members.path(0).path("knativesplitid").asText(),
            "ce-order", order,
            "content-type", "application/json");
    return new Reply(200, event, ids.toString().getBytes(UTF_8));
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSplitIsJoinedToOneWholeWhateverIsKilledInBetween() throws Exception {
    long seed = Long.getLong("leat.channel.seed", System.nanoTime());
    System.out.println("ChannelRolesIT seed " + seed);
    Random random = new Random(seed);
    String manifest = manifest();
    Path state = dir.resolve("state");
    for (int order = 0; order < ORDERS; order++) {
      String id = "order" + order;
      try (LeatProcess leat = LeatProcess.run(state, "-f", manifest);
          KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        String host = ChannelManifests.host("orders");
        assertThat(client.event(host, id, "data".getBytes(UTF_8)).status()).isEqualTo(202);
        if (order % 2 == 0) {
          // A part is sent when the answer of the splitter is durable: from then on it may come.
          int seen = 1 + random.nextInt(PARTS);
          until(() -> partsOf(id) >= seen);
        } else {
          until(() -> joining.contains(id));
        }
        leat.kill();
        killed.add(id);
      }
      System.out.println(
          id + ": killed after part " + partsOf(id) + ", wholes " + receiver.ids("last").size());
    }
    try (LeatProcess leat = LeatProcess.run(state, "-f", manifest)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            assertThat(leat.metric("leat_channel_backlog_events")).isZero();
            assertThat(wholes()).hasSize(ORDERS);
          });
      assertThat(leat.metric("leat_deliveries_total", "\"dead_lettered\"")).isZero();
      assertThat(leat.metric("leat_deliveries_total", "\"dropped\"")).isZero();
      assertThat(leat.metric("leat_deliveries_total", "\"violation\"")).isZero();
      leat.kill();
    }
    assertThat(receiver.ids("split"))
        .as("the splitter is invoked once for each event, seed " + seed)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, ORDERS).mapToObj(i -> "order" + i).toList());
    wholes().forEach(ChannelRolesIT::check);
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(1))
        .until(condition);
  }

  private long partsOf(String order) {
    return receiver.ids("watch").stream().filter(id -> id.startsWith(order + "-")).count();
  }

  /** What came to the last subscriber, by order. */
  private Map<String, List<Got>> wholes() {
    return receiver.got("last").stream()
        .collect(Collectors.groupingBy(got -> got.headers().get("ce-order")));
  }

  /** One whole for each order; it may have come again, but as the same. */
  private static void check(String order, List<Got> came) {
    Got first = came.getFirst();
    assertThat(came)
        .allSatisfy(again -> {
          assertThat(again.id()).isEqualTo(first.id());
          assertThat(again.body()).isEqualTo(first.body());
        });
    ArrayNode every = JSON.createArrayNode();
    IntStream.range(0, PARTS).forEach(i -> every.add(order + "-" + i));
    assertThat(json(first.body())).as("every member, in its order").isEqualTo(every);
  }
}

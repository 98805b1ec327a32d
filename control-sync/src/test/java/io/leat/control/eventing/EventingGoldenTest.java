package io.leat.control.eventing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.World;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.plan.TableText;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests, and what the table and the resources become of them, as files beside each other. */
final class EventingGoldenTest {
  private static final String FOLDER =
      "control-sync/src/test/resources/io/leat/control/eventing/golden/";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static List<Resource> resources(String name) throws IOException {
    return EventingWorld.read(
        Files.readString(RenderedDocument.root().resolve(FOLDER + name + "/resources.yaml")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"channel", "roles", "messaging", "broken"})
  void becomes(String name) throws IOException {
    EventingWorld eventing = new EventingWorld();
    World world = eventing.world;
    world.apply(resources(name).toArray(Resource[]::new));
    eventing.settle();
    RenderedDocument.assertCurrent(FOLDER + name + "/table.txt", table(world.proxy().table()));
    List<Resource> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind.isEventing()) {
        all.addAll(world.resources(kind));
      }
    }
    RenderedDocument.assertCurrent(FOLDER + name + "/resources.json", json(all));
  }

  @Test
  void theExampleIsReady() throws IOException {
    EventingWorld eventing = new EventingWorld();
    eventing.apply(
        Files.readString(RenderedDocument.root().resolve("examples/channels/orders.yaml")));
    for (Kind kind : List.of(Kind.CHANNEL, Kind.SUBSCRIPTION)) {
      for (Resource resource : eventing.world.resources(kind)) {
        assertThat(resource.status().isTrue("Ready")).as(resource.key().toString()).isTrue();
      }
    }
    assertThat(eventing.channel("orders").subscribers()).hasSize(2);
  }

  /** One document of each kind with all of its fields. */
  @Test
  void everyKindIsReadAndWritten() throws IOException {
    RenderedDocument.assertCurrent(FOLDER + "kinds/resources.json", json(resources("kinds")));
  }

  private static String table(RouteTable table) {
    List<String> lines = new ArrayList<>();
    for (VirtualHost host : table.virtualHosts()) {
      if (host.entries().stream().anyMatch(entry -> entry.action() instanceof RouteAction.FanOut)) {
        lines.add(
            host.host()
                + " "
                + host.visibility()
                + " "
                + TableText.entry(host.entries().getFirst()));
      }
    }
    table.channels().stream()
        .sorted(Comparator.comparing(EventChannel::id))
        .forEach(channel -> {
          lines.add(channel.id() + " " + channel.storage());
          channel.subscribers().forEach(each -> lines.add("  " + each));
        });
    return String.join("\n", lines) + "\n";
  }

  /** Without what every write changes. */
  private static String json(List<Resource> resources) throws IOException {
    List<JsonNode> trees = new ArrayList<>();
    for (Resource resource : resources) {
      ObjectNode tree = ResourceJson.tree(resource);
      tree.withObjectProperty("metadata").retain("name", "ownerReferences", "finalizers");
      tree.at("/status/conditions")
          .forEach(each -> ((ObjectNode) each).remove("lastTransitionTime"));
      trees.add(tree);
    }
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(trees) + "\n";
  }
}

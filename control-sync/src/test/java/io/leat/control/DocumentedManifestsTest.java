package io.leat.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Resource;
import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdit.Operation;
import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/manifests.md, applied as they stand there. */
final class DocumentedManifestsTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\\n(.*?)```");

  private static final Map<String, RoutePolicy> EXPECTED =
      Map.of(
          "edited",
          RoutePolicy.NONE.withHeaders(
              new HeaderEdits(
                  edits("set x-env=prod", "remove x-debug="),
                  edits("add set-cookie=seen=1; Path=/", "remove server="))),
          "mirrored",
          RoutePolicy.NONE.withMirror(new Mirror(World.id("mirrored-00002"), 10)),
          "timed",
          RoutePolicy.NONE.withTimed(true));

  private static List<HeaderEdit> edits(String... texts) {
    return Arrays.stream(texts).map(DocumentedManifestsTest::edit).toList();
  }

  private static HeaderEdit edit(String text) {
    int blank = text.indexOf(' ');
    int equals = text.indexOf('=');
    Operation operation = Operation.valueOf(text.substring(0, blank).toUpperCase(Locale.ROOT));
    return new HeaderEdit(operation, text.substring(blank + 1, equals), text.substring(equals + 1));
  }

  @Test
  void thoseAboutReleasesLeadWhereTheTextSays() throws IOException {
    List<Resource> all = read("docs/releasing.md");
    World world = new World();
    assertThat(world.apply(all.toArray(Resource[]::new))).isEmpty();
    assertThat(world.proxy.weights("shop.example.org")).isEqualTo(Map.of("shop-00001", 100));
    assertThat(world.proxy.weights("next-shop.default.localhost"))
        .isEqualTo(Map.of("shop-00001", 100));
  }

  private static List<Resource> read(String document) throws IOException {
    List<Resource> all = new ArrayList<>();
    Matcher examples = EXAMPLE.matcher(Files.readString(RenderedDocument.root().resolve(document)));
    while (examples.find()) {
      ManifestSet set =
          ManifestReader.forUsers(Validation.standalone()).read("docs.yaml", examples.group(1));
      assertThat(set.problems()).isEmpty();
      all.addAll(set.resources());
    }
    return all;
  }

  @Test
  void doWhatTheTextSays() throws IOException {
    List<Resource> all = read("docs/manifests.md");
    for (int i = 1; i <= 2; i++) {
      all.add(Manifests.revision("mirrored-0000" + i));
      all.add(Manifests.slice("mirrored-" + i, "mirrored-0000" + i, 20_000 + i));
    }
    World world = new World();
    assertThat(world.apply(all.toArray(Resource[]::new))).isEmpty();
    Map<String, RoutePolicy> found = new TreeMap<>();
    for (String name : EXPECTED.keySet()) {
      VirtualHost host =
          Objects.requireNonNull(world.proxy.host(name + ".default.localhost"), name);
      found.put(name, host.entries().getFirst().policy());
    }
    assertThat(found).isEqualTo(EXPECTED);
    assertThat(world.proxy.reachability(World.id("mirrored-00002")))
        .isInstanceOf(Reachability.Serving.class);
  }
}

package io.leat.control.store.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Manifests;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Labels;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.References;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An overlay is the other store at one moment, and after writes what that store would be. */
final class OverlayStoreTest {
  private static final List<Kind> KINDS =
      List.of(Kind.ROUTE, Kind.REVISION, Kind.ENDPOINT_SLICE, Kind.CONFIGURATION);

  private static MemoryStore store() {
    AtomicInteger uids = new AtomicInteger();
    return new MemoryStore(
        () -> Instant.ofEpochSecond(1_000), () -> "uid-" + uids.incrementAndGet());
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43, 44})
  void itStaysAsItWasWhileTheOtherChanges(long seed) {
    Random random = new Random(seed);
    MemoryStore base = store();
    for (int i = 0; i < 40; i++) {
      edit(random, base);
    }
    for (int round = 0; round < 20; round++) {
      List<String> before = seen(base);
      long version = base.version();
      try (OverlayStore overlay = OverlayStore.over(base, Instant::now)) {
        for (int i = 0; i < 10; i++) {
          edit(random, base);
          assertThat(seen(overlay)).as("seed %d round %d", seed, round).isEqualTo(before);
        }
        assertThat(overlay.version()).isEqualTo(version);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {51, 52, 53, 54})
  void itDecidesAsTheOtherWould(long seed) {
    Random setup = new Random(seed);
    MemoryStore base = store();
    MemoryStore twin = store();
    for (int i = 0; i < 40; i++) {
      long next = setup.nextLong();
      edit(new Random(next), base);
      edit(new Random(next), twin);
    }
    List<String> before = seen(base);
    long version = base.version();
    try (OverlayStore overlay = OverlayStore.over(base, () -> Instant.ofEpochSecond(1_000))) {
      for (int i = 0; i < 60; i++) {
        long next = setup.nextLong();
        String here = edit(new Random(next), overlay);
        String there = edit(new Random(next), twin);
        assertThat(plain(here)).as("seed %d write %d", seed, i).isEqualTo(plain(there));
        assertThat(plain(seen(overlay).toString())).isEqualTo(plain(seen(twin).toString()));
        assertThat(overlay.version()).isEqualTo(twin.version());
      }
      for (Kind kind : KINDS) {
        for (Resource resource : overlay.<List<Resource>>read(view -> view.list(kind))) {
          assertThat(overlay.history(resource.key())).isEqualTo(twin.history(resource.key()));
        }
      }
    }
    assertThat(seen(base)).isEqualTo(before);
    assertThat(base.version()).isEqualTo(version);
  }

  /** A uid that the overlay gave is none that the other would give. */
  private static String plain(String text) {
    return text.replaceAll("(uid|planned)-[0-9]+", "uid");
  }

  private static String edit(Random random, ResourceStore store) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    String name = "n" + random.nextInt(4);
    String other = "n" + random.nextInt(4);
    Resource wanted =
        switch (kind) {
          case ROUTE -> Manifests.route(name, Manifests.to(other, 100));
          case REVISION -> Manifests.revision(name);
          case ENDPOINT_SLICE -> Manifests.slice(name, other, 1 + random.nextInt(9));
          default -> Manifests.configuration(name, "v" + random.nextInt(9));
        };
    ResourceKey key = wanted.key();
    Resource owner =
        store
            .read(view -> view.get(new ResourceKey(Kind.CONFIGURATION, "default", other)))
            .orElse(null);
    if (kind == Kind.REVISION && owner != null) {
      Metadata owned =
          wanted
              .metadata()
              .withOwners(References.controlledBy(owner))
              .withLabels(Map.of(Labels.CONFIGURATION, other));
      wanted = wanted.withMetadata(owned);
    }
    if (random.nextInt(8) == 0) {
      wanted = wanted.withMetadata(wanted.metadata().withFinalizers(List.of("a/b")));
    }
    Resource stored = store.read(view -> view.get(key)).orElse(null);
    if (stored == null) {
      return store.create(wanted).toString();
    }
    if (random.nextInt(3) == 0) {
      return store.delete(key, 0).toString();
    }
    Metadata metadata =
        stored
            .metadata()
            .withLabels(wanted.metadata().labels())
            .withOwners(wanted.metadata().ownerReferences())
            .withFinalizers(wanted.metadata().finalizers());
    return store.update(new Resource(kind, metadata, wanted.spec(), stored.status())).toString();
  }

  /** Everything that a view can be asked. */
  private static List<String> seen(ResourceStore store) {
    return store.read(view -> {
      List<String> lines = new ArrayList<>();
      for (Kind kind : KINDS) {
        lines.add(view.list(kind).toString());
        lines.add(view.list(kind, "default").toString());
        for (int i = 0; i < 4; i++) {
          ResourceKey key = new ResourceKey(kind, "default", "n" + i);
          lines.add(view.get(key) + " " + view.referencing(key));
          lines.add(labelled(view, kind, "n" + i));
        }
        for (Resource resource : view.list(kind)) {
          lines.add(view.ownedBy(resource.metadata().uid()).toString());
        }
      }
      return lines;
    });
  }

  private static String labelled(ResourceView view, Kind kind, String value) {
    return view.labelled(kind, "default", Labels.REVISION, value)
        + " "
        + view.labelled(kind, "default", Labels.CONFIGURATION, value)
        + " "
        + view.labelled(kind, "default", "other", value);
  }
}

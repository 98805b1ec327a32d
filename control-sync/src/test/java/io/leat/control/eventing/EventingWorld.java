package io.leat.control.eventing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.ControlLoop;
import io.leat.control.World;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.EventingSpec.SubscriptionSetSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import java.util.List;
import java.util.Objects;

/** A control plane whose data plane of Channels takes up what it is told when it settles. */
final class EventingWorld {
  final FakeChannels channels = new FakeChannels();
  final FakeSources sources = new FakeSources();
  final World world = new World(new ControlLoop.Eventing(channels, sources));

  static List<Resource> read(String yaml) {
    ManifestSet set = ManifestReader.forUsers(Validation.standalone()).read("a.yaml", yaml);
    assertThat(set.problems()).isEmpty();
    return set.resources();
  }

  /** Applies exactly these manifests. */
  void apply(String yaml) {
    assertThat(world.apply(read(yaml).toArray(Resource[]::new))).isEmpty();
    settle();
  }

  /** Tables reach the data plane, and what follows from that happens. */
  void settle() {
    for (int i = 0; i < 5; i++) {
      world.settle();
      channels.takeUp(world.proxy());
    }
    world.settle();
    assertThat(world.unsettled()).isEmpty();
  }

  EventChannel channel(String name) {
    return Objects.requireNonNull(
        world.proxy().channel(new ChannelId("default", name)), "no channel " + name);
  }

  SubscriptionSetSpec set(String name) {
    return (SubscriptionSetSpec) world.get(Kind.SUBSCRIPTION_SET, name).spec();
  }
}

package io.leat.control.compile;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.TableHash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The channels of the table, and who claims which: the oldest resource wins, as it does for the
 * hosts that lead there.
 *
 * <p>Confined to the control thread.
 */
final class LiveChannels {
  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::since).thenComparing(Claim::owner);

  private final ForkedMap<ChannelId, List<Claim>> claims;
  private final ForkedMap<ChannelId, EventChannel> live;

  LiveChannels() {
    this(new ForkedMap<>(new HashMap<>()), new ForkedMap<>(new TreeMap<>()));
  }

  private LiveChannels(
      ForkedMap<ChannelId, List<Claim>> claims, ForkedMap<ChannelId, EventChannel> live) {
    this.claims = claims;
    this.live = live;
  }

  LiveChannels fork() {
    return new LiveChannels(claims.fork(new HashMap<>()), live.fork(new TreeMap<>()));
  }

  /** What one resource brings in. */
  record Claim(ResourceKey owner, Instant since, EventChannel channel) {
    static Claim of(Resource resource, EventChannel channel) {
      Instant created = resource.metadata().creationTimestamp();
      return new Claim(resource.key(), created == null ? Instant.MAX : created, channel);
    }
  }

  /** Exchanges the claim of one resource; the channels that it concerns are to be settled. */
  void replace(@Nullable Claim before, @Nullable Claim after, Difference difference) {
    if (before != null) {
      List<Claim> rest = new ArrayList<>(of(before.channel().id()));
      rest.remove(before);
      put(before.channel().id(), rest, difference);
    }
    if (after != null) {
      List<Claim> more = new ArrayList<>(of(after.channel().id()));
      more.add(after);
      more.sort(ORDER);
      put(after.channel().id(), more, difference);
    }
  }

  private void put(ChannelId id, List<Claim> all, Difference difference) {
    if (all.isEmpty()) {
      claims.remove(id);
    } else {
      claims.put(id, List.copyOf(all));
    }
    difference.channels.add(id);
  }

  private List<Claim> of(ChannelId id) {
    List<Claim> found = claims.get(id);
    return found == null ? List.of() : found;
  }

  /** Puts what the winner says into the table, and gives by how much the hash changes. */
  long settle(ChannelId id, Difference difference) {
    List<Claim> all = of(id);
    all.forEach(claim -> difference.touched.add(claim.owner()));
    EventChannel now = all.isEmpty() ? null : all.getFirst().channel();
    EventChannel before = now == null ? live.remove(id) : live.put(id, now);
    if (now == null) {
      if (before != null) {
        difference.removedChannels.add(id);
      }
    } else if (!now.equals(before)) {
      difference.putChannels.add(now);
    }
    return (now == null ? 0 : TableHash.of(now)) - (before == null ? 0 : TableHash.of(before));
  }

  Optional<EventChannel> channel(ChannelId id) {
    return Optional.ofNullable(live.get(id));
  }

  List<EventChannel> all() {
    return List.copyOf(live.values());
  }

  Set<ChannelId> touched() {
    return live.touched();
  }
}

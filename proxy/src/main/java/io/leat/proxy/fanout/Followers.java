package io.leat.proxy.fanout;

import io.leat.proxy.log.EventLog;
import io.leat.proxy.table.ChannelId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Those who read Channels of an engine at a pace of their own, by their names. Any thread. */
public final class Followers {
  /** How their cursors begin, which outlive the process; no Subscription has such a uid. */
  private static final String PREFIX = "follow-";

  private final Supplier<Set<ChannelId>> channels;
  private final Function<ChannelId, @Nullable EventLog> logs;
  private final Map<String, Map<ChannelId, Follower>> byName = new ConcurrentHashMap<>();

  /**
   * Nobody yet.
   *
   * @param channels those that are there
   * @param logs of those that are there
   */
  Followers(Supplier<Set<ChannelId>> channels, Function<ChannelId, @Nullable EventLog> logs) {
    this.channels = channels;
    this.logs = logs;
  }

  /** Whether a cursor is that of a follower. */
  static boolean has(String cursor) {
    return cursor.startsWith(PREFIX);
  }

  /** The follower of a Channel, which may come later; who asks again gets the same. */
  public Follower follow(ChannelId id, String name) {
    return byName
        .computeIfAbsent(name, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(id, _ -> new Follower(() -> logs.apply(id), PREFIX + name));
  }

  /** Forgets where a follower is, in every Channel but one. */
  public void unfollow(String name, @Nullable ChannelId but) {
    Map<ChannelId, Follower> known = byName.get(name);
    for (ChannelId id : channels.get()) {
      EventLog log = logs.apply(id);
      if (!id.equals(but) && log != null && log.cursors().contains(PREFIX + name)) {
        log.drop(PREFIX + name);
      }
    }
    if (known != null) {
      known.keySet().removeIf(id -> !id.equals(but));
    }
    if (but == null) {
      byName.remove(name);
    }
  }
}

package io.leat.proxy.routing;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live form of one table version; immutable, shared with the versions before it where nothing
 * changed.
 *
 * <p>A request reads the current router once, from {@link LiveTable#current()}, and is answered by
 * it from the first decision to the last. What moves inside are counters only: requests in flight
 * per endpoint, and the cursor of each split. They live in objects that the next version takes over
 * ({@link io.leat.proxy.balance.LiveEndpoint}, the cursors of {@link LiveSplit}), so a change of
 * the table loses no count and restarts no sequence.
 *
 * <p>Finding an entry takes one probe of a hash table by the bytes of the host, one more for each
 * number of labels that a wildcard has, and one walk along the path; a {@link RouteCache} saves the
 * probes. Nothing is allocated and no lock is taken. Built by {@link RouterBuilder} on the control
 * thread, read by any.
 */
public final class Router {
  private final Object identity = new Object();
  private final long version;
  private final long hash;
  private final HostIndex hosts;
  private final ShardedMap<RevisionId, LiveRevision> revisions;
  private final ShardedMap<ChannelId, EventChannel> channels;

  /** The router before the first table: it takes no request. */
  static Router empty(long seed) {
    return new Router(0, 0, HostIndex.empty(seed), ShardedMap.empty(), ShardedMap.empty());
  }

  Router(
      long version,
      long hash,
      HostIndex hosts,
      ShardedMap<RevisionId, LiveRevision> revisions,
      ShardedMap<ChannelId, EventChannel> channels) {
    this.version = version;
    this.hash = hash;
    this.hosts = hosts;
    this.revisions = revisions;
    this.channels = channels;
  }

  /** The version of the table that it answers for; 0 before the first. */
  public long version() {
    return version;
  }

  /** The content hash of that table. */
  public long hash() {
    return hash;
  }

  /** How many virtual hosts there are. */
  public int hostCount() {
    return hosts.size();
  }

  /** Shows every host, in no order. */
  public void forEachHost(Consumer<LiveHost> reader) {
    hosts.forEach(reader);
  }

  /** How many revisions there are. */
  public int revisionCount() {
    return revisions.size();
  }

  /** Shows every revision, in no order. */
  public void forEachRevision(Consumer<LiveRevision> reader) {
    revisions.forEach(reader);
  }

  /** A copy of all revisions, in no order. */
  public Collection<LiveRevision> revisions() {
    List<LiveRevision> all = new ArrayList<>(revisions.size());
    revisions.forEach(all::add);
    return all;
  }

  /** The revision, or null when the table does not name it. */
  public @Nullable LiveRevision revision(RevisionId id) {
    return revisions.get(id);
  }

  /** A copy of all channels, in no order. */
  public List<EventChannel> channels() {
    List<EventChannel> all = new ArrayList<>(channels.size());
    channels.forEach(all::add);
    return all;
  }

  /** The channel, or null when the table has none of that name. */
  public @Nullable EventChannel channel(ChannelId id) {
    return channels.get(id);
  }

  /** The channel that every request to a host goes to, or null when there is none. */
  public @Nullable ChannelId channelAt(String host) {
    byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
    LiveHost found = hosts.find(name, 0, name.length, false);
    if (found == null || found.host().entries().size() != 1) {
      return null;
    }
    RouteAction action = found.host().entries().getFirst().action();
    return action instanceof RouteAction.FanOut(ChannelId channel) ? channel : null;
  }

  /**
   * The entry that takes a request, or null when none does.
   *
   * @param external whether the client is outside, so that hosts local to the cluster are treated
   *     as if they were not there
   */
  public @Nullable LiveEntry dispatch(RequestView request, boolean external) {
    LiveHost host = find(request, external);
    return host == null ? null : host.match(request, null);
  }

  @Nullable LiveHost find(RequestView request, boolean external) {
    return hosts.find(request.bytes(), request.hostStart(), request.hostEnd(), external);
  }

  /** Stands for this router where it is remembered but must not be kept alive. */
  Object identity() {
    return identity;
  }

  HostIndex hosts() {
    return hosts;
  }

  ShardedMap<ChannelId, EventChannel> channelMap() {
    return channels;
  }

  ShardedMap<RevisionId, LiveRevision> revisionMap() {
    return revisions;
  }
}

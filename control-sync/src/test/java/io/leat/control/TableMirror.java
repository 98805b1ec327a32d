package io.leat.control;

import io.leat.control.publish.TableSink;
import io.leat.proxy.routing.LiveTable.Outcome;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A proxy that keeps whole tables as maps and refuses what does not add up. */
public final class TableMirror implements TableSink {
  private final String name;
  private final Map<String, VirtualHost> hosts = new TreeMap<>();
  private final Map<RevisionId, RevisionEndpoints> revisions = new TreeMap<>();
  private final Map<ChannelId, EventChannel> channels = new TreeMap<>();
  private final List<TableUpdate> updates = new ArrayList<>();
  private long version;
  private @Nullable String refusing;

  /** An empty one. */
  public TableMirror(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  /** Refuses everything with this reason from now on; null to accept again. */
  public void refuse(@Nullable String reason) {
    refusing = reason;
  }

  @Override
  public Outcome apply(TableUpdate update) {
    if (refusing != null) {
      return new Outcome.Refused(update.version(), refusing);
    }
    updates.add(update);
    switch (update) {
      case TableUpdate.Snapshot snapshot -> {
        hosts.clear();
        revisions.clear();
        channels.clear();
        snapshot.table().channels().forEach(channel -> channels.put(channel.id(), channel));
        snapshot.table().virtualHosts().forEach(host -> hosts.put(host.host(), host));
        snapshot.table().revisions().forEach(revision -> revisions.put(revision.id(), revision));
      }
      case TableUpdate.Delta delta -> {
        if (delta.fromVersion() != version) {
          return new Outcome.Refused(delta.version(), "at version " + version);
        }
        delta.putHosts().forEach(host -> hosts.put(host.host(), host));
        delta.removedHosts().forEach(hosts::remove);
        delta.putRevisions().forEach(revision -> revisions.put(revision.id(), revision));
        delta.removedRevisions().forEach(revisions::remove);
        delta.putChannels().forEach(channel -> channels.put(channel.id(), channel));
        delta.removedChannels().forEach(channels::remove);
      }
    }
    version = update.version();
    return check(update);
  }

  private Outcome check(TableUpdate update) {
    if (table().hash() != update.hash()) {
      return new Outcome.Refused(update.version(), "hash differs");
    }
    for (VirtualHost host : hosts.values()) {
      for (RouteEntry entry : host.entries()) {
        Mirror mirror = entry.policy().mirror();
        if (mirror != null && !revisions.containsKey(mirror.revision())) {
          return new Outcome.Refused(update.version(), "unknown " + mirror.revision());
        }
        if (entry.action() instanceof RouteAction.Split split) {
          for (WeightedTarget target : split.split().targets()) {
            if (!revisions.containsKey(target.revision())) {
              return new Outcome.Refused(update.version(), "unknown " + target.revision());
            }
          }
        }
      }
    }
    return new Outcome.Acknowledged(update.version());
  }

  /** What it serves. */
  public RouteTable table() {
    return new RouteTable(
        version,
        List.copyOf(hosts.values()),
        List.copyOf(revisions.values()),
        List.copyOf(channels.values()));
  }

  /** Everything it accepted. */
  public List<TableUpdate> updates() {
    return updates;
  }

  /** Revisions and weights of a host's only entry, {@code {}} when there is none. */
  public Map<String, Integer> weights(String host) {
    Map<String, Integer> weights = new TreeMap<>();
    VirtualHost found = hosts.get(host);
    if (found != null && found.entries().getFirst().action() instanceof RouteAction.Split split) {
      for (WeightedTarget target : split.split().targets()) {
        weights.put(target.revision().name(), target.weight());
      }
    }
    return weights;
  }

  /** A host, or null. */
  public @Nullable VirtualHost host(String host) {
    return hosts.get(host);
  }

  /** A channel, or null. */
  public @Nullable EventChannel channel(ChannelId id) {
    return channels.get(id);
  }

  /** How a revision is reached, or null. */
  public @Nullable Reachability reachability(RevisionId revision) {
    RevisionEndpoints found = revisions.get(revision);
    return found == null ? null : found.reachability();
  }

  /** Whether new requests may go to an address. */
  public boolean sendsTo(String address) {
    for (RevisionEndpoints revision : revisions.values()) {
      if (revision.reachability() instanceof Reachability.Serving serving) {
        for (Endpoint endpoint : serving.endpoints()) {
          if (endpoint.address().equals(address) && endpoint.state() == Endpoint.State.READY) {
            return true;
          }
        }
      }
    }
    return false;
  }
}

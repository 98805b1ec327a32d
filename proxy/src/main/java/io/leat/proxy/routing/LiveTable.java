package io.leat.proxy.routing;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableHash;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.MetricRows;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the live router: one control thread swaps it, any thread reads it.
 *
 * <p>The pointer is written with release and read with acquire semantics, so a reader sees the
 * whole router that it points to. An update that does not fit is refused and changes nothing.
 */
public final class LiveTable {
  private static final VarHandle CURRENT;

  static {
    try {
      CURRENT = MethodHandles.lookup().findVarHandle(LiveTable.class, "current", Router.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RouterBuilder builder;
  private final int loops;
  private final List<Consumer<Swap>> listeners = new CopyOnWriteArrayList<>();
  private Router current;

  /**
   * An empty table.
   *
   * @param seed of the host hash; unpredictable in production, so that nobody can choose hosts that
   *     collide
   * @param rows where the counters of (route, revision) pairs get their rows
   */
  public LiveTable(long seed, MetricRows rows) {
    this(seed, rows, Cursors.MAX_LOOPS);
  }

  /**
   * An empty table for a known number of event loops, which makes the cursors of splits smaller.
   *
   * @param loops one above the highest index that {@link LiveSplit#pick} is asked with; more of
   *     them share cursors
   */
  public LiveTable(long seed, MetricRows rows, int loops) {
    this.loops = loops;
    this.builder = new RouterBuilder(new HostBuilder(rows, new Cursors(loops)));
    this.current = Router.empty(seed);
  }

  /**
   * What a swap changed.
   *
   * @param changed revisions that are new, different or removed
   * @param changedChannels channels that are new, different or removed
   */
  public record Swap(Router router, Set<RevisionId> changed, Set<ChannelId> changedChannels) {}

  /** The proxy's answer to an update. */
  public sealed interface Outcome {
    /** The version is live. */
    record Acknowledged(long version) implements Outcome {}

    /** The update was refused and the previous table stays live. */
    record Refused(long version, String reason) implements Outcome {}
  }

  /** The router that answers for a request that starts now; read it once per request. */
  public Router current() {
    return (Router) CURRENT.getAcquire(this);
  }

  /**
   * How many event loops have cursors of their own or, above {@link LiveSplit#maxLoops()}, share.
   */
  public int loops() {
    return loops;
  }

  /** Registers who is told after every swap, on the control thread. */
  public void onSwap(Consumer<Swap> listener) {
    listeners.add(listener);
  }

  /** Builds the next router off the path and swaps it in. Control thread only. */
  public Outcome apply(TableUpdate update) {
    Router before = current;
    if (update instanceof TableUpdate.Delta delta && delta.fromVersion() != before.version()) {
      String reason =
          "delta starts at version "
              + delta.fromVersion()
              + " but "
              + before.version()
              + " is live";
      return new Outcome.Refused(update.version(), reason);
    }
    RouterBuilder.Difference difference =
        switch (update) {
          case TableUpdate.Snapshot snapshot -> difference(before, snapshot.table());
          case TableUpdate.Delta delta ->
              new RouterBuilder.Difference(
                  delta.putHosts(),
                  delta.removedHosts(),
                  delta.putRevisions(),
                  delta.removedRevisions(),
                  delta.putChannels(),
                  delta.removedChannels());
        };
    String refusal = builder.refusal(before, difference);
    if (refusal != null) {
      return new Outcome.Refused(update.version(), refusal);
    }
    long hash = before.hash() + hashChange(before, difference);
    if (hash != update.hash()) {
      return new Outcome.Refused(update.version(), "the content hash differs");
    }
    Router next = builder.build(before, difference, update.version(), hash);
    CURRENT.setRelease(this, next);
    Set<RevisionId> changed = new HashSet<>(difference.removedRevisions());
    difference.putRevisions().forEach(revision -> changed.add(revision.id()));
    Set<ChannelId> channels = new HashSet<>(difference.removedChannels());
    difference.putChannels().forEach(channel -> channels.add(channel.id()));
    Swap swap = new Swap(next, Set.copyOf(changed), Set.copyOf(channels));
    listeners.forEach(listener -> listener.accept(swap));
    return new Outcome.Acknowledged(update.version());
  }

  private static RouterBuilder.Difference difference(Router before, RouteTable table) {
    Set<String> removedHosts = new HashSet<>();
    before.forEachHost(host -> removedHosts.add(host.host().host()));
    List<VirtualHost> putHosts = new ArrayList<>();
    for (VirtualHost host : table.virtualHosts()) {
      removedHosts.remove(host.host());
      LiveHost live = before.hosts().get(host.host());
      if (live == null || !live.host().equals(host)) {
        putHosts.add(host);
      }
    }
    Set<RevisionId> removedRevisions = new HashSet<>();
    before.forEachRevision(revision -> removedRevisions.add(revision.id()));
    List<RevisionEndpoints> putRevisions = new ArrayList<>();
    for (RevisionEndpoints revision : table.revisions()) {
      removedRevisions.remove(revision.id());
      LiveRevision live = before.revision(revision.id());
      if (live == null || !live.shape().equals(revision)) {
        putRevisions.add(revision);
      }
    }
    Set<ChannelId> removedChannels = new HashSet<>();
    before.channels().forEach(channel -> removedChannels.add(channel.id()));
    List<EventChannel> putChannels = new ArrayList<>();
    for (EventChannel channel : table.channels()) {
      removedChannels.remove(channel.id());
      if (!channel.equals(before.channel(channel.id()))) {
        putChannels.add(channel);
      }
    }
    return new RouterBuilder.Difference(
        putHosts, removedHosts, putRevisions, removedRevisions, putChannels, removedChannels);
  }

  private static long hashOf(Router before, String name) {
    LiveHost host = before.hosts().get(name);
    return host == null ? 0 : TableHash.of(host.host());
  }

  private static long hashChange(Router before, RouterBuilder.Difference difference) {
    long change = 0;
    Set<String> removed = new HashSet<>(difference.removedHosts());
    for (VirtualHost host : difference.putHosts()) {
      change += TableHash.of(host) - hashOf(before, host.host());
      removed.remove(host.host());
    }
    for (String name : removed) {
      change -= hashOf(before, name);
    }
    Set<RevisionId> gone = new HashSet<>(difference.removedRevisions());
    for (RevisionEndpoints revision : difference.putRevisions()) {
      gone.add(revision.id());
      change += TableHash.of(revision);
    }
    for (RevisionId id : gone) {
      @Nullable LiveRevision revision = before.revision(id);
      change -= revision == null ? 0 : TableHash.of(revision.shape());
    }
    return change + channelHashChange(before, difference);
  }

  private static long channelHashChange(Router before, RouterBuilder.Difference difference) {
    long change = 0;
    Set<ChannelId> gone = new HashSet<>(difference.removedChannels());
    for (EventChannel channel : difference.putChannels()) {
      gone.add(channel.id());
      change += TableHash.of(channel);
    }
    for (ChannelId id : gone) {
      EventChannel channel = before.channel(id);
      change -= channel == null ? 0 : TableHash.of(channel);
    }
    return change;
  }
}

package io.leat.control;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.publish.TableSink;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.MemoryStore;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Applies manifests to a copy of the store, in a control loop of its own whose time passes at once.
 *
 * <p>Confined to the control thread. Nothing outside the copy is touched: instances stay as they
 * were observed, and those that would be started are supposed to become ready.
 */
final class Rehearsal {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

  private final MemoryStore store;
  private final VirtualTime time = new VirtualTime();
  private final Table table = new Table();
  private final ControlLoop loop;

  Rehearsal(ControlLoop.Ports ports, Families families) {
    // The time of day stands still, so that what only time would bring is not shown.
    Instant now = ports.time().clock().instant();
    this.store = MemoryStore.copyOf(ports.store(), () -> now);
    Frozen runtime = new Frozen();
    for (Resource revision : store.<List<Resource>>read(view -> view.list(Kind.REVISION))) {
      RevisionId id = id(revision);
      runtime.observed.put(id, ports.runtime().observe(id));
    }
    this.loop =
        new ControlLoop(
            new ControlLoop.Ports(
                store,
                runtime,
                new Unscaled(),
                revision -> 0,
                new ControlLoop.Time(time, time, () -> 0, () -> now),
                Duration.ZERO),
            families);
    runtime.observed.forEach((id, seen) -> loop.scale(id, running(seen)));
    loop.connect(table);
    time.advance(LONG_ENOUGH);
  }

  Preview of(List<Resource> manifests) {
    RouteTable before = table.now;
    Map<ResourceKey, Resource> old = resources();
    List<Problem> problems = new ManifestSync(store).apply(manifests);
    time.advance(LONG_ENOUGH);
    List<ChangeEvent> changes = changes(old, resources());
    loop.close();
    return new Preview(problems, changes, difference(before, table.now));
  }

  private Map<ResourceKey, Resource> resources() {
    Map<ResourceKey, Resource> all = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      for (Resource resource : store.<List<Resource>>read(view -> view.list(kind))) {
        all.put(resource.key(), resource);
      }
    }
    return all;
  }

  private static List<ChangeEvent> changes(
      Map<ResourceKey, Resource> before, Map<ResourceKey, Resource> after) {
    List<ChangeEvent> changes = new ArrayList<>();
    Set<ResourceKey> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    for (ResourceKey key : keys) {
      Resource old = before.get(key);
      Resource now = after.get(key);
      if (old == null || now == null) {
        ChangeEvent.Type type = old == null ? ChangeEvent.Type.CREATED : ChangeEvent.Type.DELETED;
        changes.add(new ChangeEvent(type, old, now));
      } else if (!old.spec().equals(now.spec())
          || !old.metadata().labels().equals(now.metadata().labels())
          || !old.metadata().annotations().equals(now.metadata().annotations())) {
        changes.add(new ChangeEvent(ChangeEvent.Type.UPDATED, old, now));
      }
    }
    return changes;
  }

  private static TableUpdate.Delta difference(RouteTable before, RouteTable after) {
    Map<String, VirtualHost> oldHosts = index(before.virtualHosts(), VirtualHost::host);
    Map<String, VirtualHost> newHosts = index(after.virtualHosts(), VirtualHost::host);
    Map<RevisionId, RevisionEndpoints> oldRevisions =
        index(before.revisions(), RevisionEndpoints::id);
    Map<RevisionId, RevisionEndpoints> newRevisions =
        index(after.revisions(), RevisionEndpoints::id);
    return new TableUpdate.Delta(
        before.version(),
        after.version(),
        after.hash(),
        changed(oldHosts, newHosts),
        removed(oldHosts, newHosts),
        changed(oldRevisions, newRevisions),
        removed(oldRevisions, newRevisions));
  }

  private static <K, V> Map<K, V> index(List<V> values, Function<V, K> key) {
    Map<K, V> index = new LinkedHashMap<>();
    values.forEach(value -> index.put(key.apply(value), value));
    return index;
  }

  private static <K, V> List<V> changed(Map<K, V> before, Map<K, V> after) {
    List<V> changed = new ArrayList<>();
    after.forEach((key, value) -> {
      if (!Objects.equals(value, before.get(key))) {
        changed.add(value);
      }
    });
    return changed;
  }

  private static <K, V> Set<K> removed(Map<K, V> before, Map<K, V> after) {
    Set<K> gone = new HashSet<>(before.keySet());
    gone.removeAll(after.keySet());
    return gone;
  }

  private static RevisionId id(Resource revision) {
    return new RevisionId(revision.metadata().namespace(), revision.metadata().name());
  }

  private static int running(RuntimeObservation seen) {
    int count = 0;
    for (Instance instance : seen.instances()) {
      count += instance.state() == Instance.State.STOPPING ? 0 : 1;
    }
    return count;
  }

  /** Keeps what it is sent. */
  private static final class Table implements TableSink {
    private RouteTable now = RouteTable.EMPTY;

    @Override
    public String name() {
      return "rehearsal";
    }

    @Override
    public LiveTable.Outcome apply(TableUpdate update) {
      now =
          switch (update) {
            case TableUpdate.Snapshot snapshot -> snapshot.table();
            case TableUpdate.Delta delta -> merge(delta);
          };
      return new LiveTable.Outcome.Acknowledged(update.version());
    }

    private RouteTable merge(TableUpdate.Delta delta) {
      Map<String, VirtualHost> hosts = index(now.virtualHosts(), VirtualHost::host);
      delta.removedHosts().forEach(hosts::remove);
      delta.putHosts().forEach(host -> hosts.put(host.host(), host));
      Map<RevisionId, RevisionEndpoints> revisions = index(now.revisions(), RevisionEndpoints::id);
      delta.removedRevisions().forEach(revisions::remove);
      delta.putRevisions().forEach(revision -> revisions.put(revision.id(), revision));
      return new RouteTable(
          delta.version(), List.copyOf(hosts.values()), List.copyOf(revisions.values()));
    }
  }

  /** Runs nothing: what was seen stays, and what is new counts as having proved itself. */
  private static final class Frozen implements RevisionRuntime {
    private static final RuntimeObservation PROVED = new RuntimeObservation(List.of(), null, true);

    private final Map<RevisionId, RuntimeObservation> observed = new HashMap<>();

    @Override
    public void ensure(RevisionId revision, InstanceTemplate template, int instances) {
      observed.putIfAbsent(revision, PROVED);
    }

    @Override
    public void remove(RevisionId revision) {
      observed.remove(revision);
    }

    @Override
    public RuntimeObservation observe(RevisionId revision) {
      return observed.getOrDefault(revision, PROVED);
    }

    @Override
    public void onChange(Consumer<RevisionId> listener) {
      // Nothing changes by itself here.
    }

    @Override
    public void close() {
      observed.clear();
    }
  }

  /** An autoscaler that has no opinion. */
  private static final class Unscaled implements ScaleConfigurator {
    @Override
    public void configure(RevisionId revision, ScaleSettings settings) {
      // Nothing is scaled here.
    }

    @Override
    public void remove(RevisionId revision) {
      // Nothing is scaled here.
    }
  }
}

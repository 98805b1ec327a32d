package io.leat.control.eventing;

import io.leat.control.TableMirror;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.EventChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A data plane that takes up what a proxy was told when the test says so. */
final class FakeChannels implements ChannelsObserved {
  private final Map<ChannelId, Seen> seen = new TreeMap<>();
  private final Map<String, Calls> calls = new HashMap<>();
  private final Set<String> draining = new HashSet<>();
  private final List<Consumer<ChannelId>> listeners = new ArrayList<>();

  @Override
  public boolean isAttached() {
    return true;
  }

  @Override
  public Optional<Seen> channel(ChannelId id) {
    return Optional.ofNullable(seen.get(id));
  }

  @Override
  public void onChange(Consumer<ChannelId> listener) {
    listeners.add(listener);
  }

  /** Takes up the channels of a proxy's table; subscribers that drain stay. */
  void takeUp(TableMirror proxy) {
    Map<ChannelId, Seen> before = new TreeMap<>(seen);
    seen.clear();
    for (EventChannel channel : proxy.table().channels()) {
      Map<String, Subscriber> subscribers = new HashMap<>();
      Seen old = before.get(channel.id());
      if (old != null) {
        old.subscribers()
            .forEach((uid, subscriber) -> {
              if (draining.contains(uid)) {
                subscribers.put(uid, subscriber);
              }
            });
      }
      for (ChannelSubscriber each : channel.subscribers()) {
        Calls state = calls.getOrDefault(each.uid(), Calls.NONE);
        subscribers.put(each.uid(), new Subscriber(each.generation(), "", state));
      }
      seen.put(channel.id(), new Seen("", subscribers));
    }
    Set<ChannelId> all = new HashSet<>(before.keySet());
    all.addAll(seen.keySet());
    for (ChannelId id : all) {
      Seen old = before.get(id);
      if (old == null || !old.equals(seen.get(id))) {
        tell(id);
      }
    }
  }

  void drain(String uid, boolean drains) {
    if (drains) {
      draining.add(uid);
    } else {
      draining.remove(uid);
    }
  }

  void calls(ChannelId id, String uid, Calls state) {
    calls.put(uid, state);
    Seen now = seen.get(id);
    if (now == null) {
      throw new AssertionError("no " + id);
    }
    Map<String, Subscriber> subscribers = new HashMap<>(now.subscribers());
    subscribers.computeIfPresent(
        uid, (key, old) -> new Subscriber(old.generation(), old.problem(), state));
    seen.put(id, new Seen(now.problem(), subscribers));
    tell(id);
  }

  void fail(ChannelId id, String problem) {
    Seen now = seen.get(id);
    seen.put(id, new Seen(problem, now == null ? Map.of() : now.subscribers()));
    tell(id);
  }

  private void tell(ChannelId id) {
    listeners.forEach(listener -> listener.accept(id));
  }
}

package io.leat.control.eventing;

import io.leat.control.reconcile.SourceRuns;
import io.leat.control.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Remembers which Sources were asked to run. */
final class FakeSources implements SourceRuns {
  final Map<ResourceKey, SourceRun> runs = new TreeMap<>();
  private final List<Consumer<ResourceKey>> listeners = new ArrayList<>();

  @Override
  public void ensure(SourceRun run) {
    runs.put(run.source(), run);
    listeners.forEach(listener -> listener.accept(run.source()));
  }

  @Override
  public void remove(ResourceKey source) {
    runs.remove(source);
  }

  @Override
  public Optional<Observed> observe(ResourceKey source) {
    return runs.containsKey(source) ? Optional.of(new Observed("")) : Optional.empty();
  }

  @Override
  public void onChange(Consumer<ResourceKey> listener) {
    listeners.add(listener);
  }
}

package io.leat.control.plan;

import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.SourceRuns;
import io.leat.control.resource.ResourceKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs no Source, and says that each does well. Confined to the control thread. */
final class ImaginedSources implements SourceRuns {
  private final Observations real;
  private final Map<ResourceKey, Optional<SourceRun>> asked = new HashMap<>();

  ImaginedSources(Observations real) {
    this.real = real;
  }

  Optional<SourceRun> ensured(ResourceKey source) {
    Optional<SourceRun> imagined = asked.get(source);
    return imagined == null ? real.ensuredSource(source) : imagined;
  }

  @Override
  public void ensure(SourceRun run) {
    asked.put(run.source(), Optional.of(run));
  }

  @Override
  public void remove(ResourceKey source) {
    asked.put(source, Optional.empty());
  }

  @Override
  public Optional<Observed> observe(ResourceKey source) {
    Optional<SourceRun> imagined = asked.get(source);
    return imagined == null ? real.source(source) : imagined.map(run -> new Observed(""));
  }

  @Override
  public void onChange(Consumer<ResourceKey> listener) {
    // Nothing changes by itself here.
  }
}

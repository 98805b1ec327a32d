package io.leat.control.plan;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.compile.TableCompiler;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.reconcile.SourceRuns;
import io.leat.control.resource.ResourceKey;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The world outside the store as it is, but for what plans ask of it, which it grants at once.
 *
 * <p>Instances that would be started have no address yet, so none is imagined: a revision that
 * never ran counts as having proved itself, and is dormant. Every proxy acknowledges at once, and
 * no request is under way. Confined to the control thread.
 */
final class ImaginedWorld implements Observations, RevisionRuntime, ScaleConfigurator {
  private static final RuntimeObservation PROVED = new RuntimeObservation(List.of(), null, true);

  private final Observations real;
  private final TableCompiler compiler;
  private final Instant now;
  private final ImaginedChannels channels;
  private final ImaginedSources sources;
  private final Map<RevisionId, RuntimeObservation> observed = new HashMap<>();
  private final Map<RevisionId, Optional<Ensured>> ensured = new HashMap<>();
  private final Map<RevisionId, Optional<ScaleSettings>> settings = new HashMap<>();

  ImaginedWorld(Observations real, TableCompiler compiler) {
    this.real = real;
    this.compiler = compiler;
    this.channels = new ImaginedChannels(compiler);
    this.sources = new ImaginedSources(real);
    // The time of day stands still, so that what only time would bring is not shown.
    this.now = real.now();
  }

  @Override
  public RuntimeObservation runtime(RevisionId revision) {
    RuntimeObservation imagined = observed.get(revision);
    return imagined == null ? real.runtime(revision) : imagined;
  }

  @Override
  public Optional<Ensured> ensured(RevisionId revision) {
    Optional<Ensured> imagined = ensured.get(revision);
    return imagined == null ? real.ensured(revision) : imagined;
  }

  @Override
  public OptionalInt desired(RevisionId revision) {
    return real.desired(revision);
  }

  @Override
  public Optional<ScaleSettings> scaleSettings(RevisionId revision) {
    Optional<ScaleSettings> imagined = settings.get(revision);
    return imagined == null ? real.scaleSettings(revision) : imagined;
  }

  @Override
  public Publication publication(ResourceKey resource) {
    String problem = compiler.problem(resource);
    boolean compiled = compiler.version(resource) > 0;
    return new Publication(
        compiler.hosts(resource), compiled && problem.isEmpty(), problem, compiler.lost(resource));
  }

  @Override
  public boolean drained(RevisionId revision, Set<String> addresses) {
    return addresses.isEmpty()
        || (!compiler.isDirty(revision) && !compiler.sendsTo(revision, addresses));
  }

  @Override
  public Instant now() {
    return now;
  }

  /** Every channel delivers by what was compiled last, and nothing was delivered yet. */
  @Override
  public ChannelsObserved channels() {
    return channels;
  }

  @Override
  public Optional<SourceRuns.SourceRun> ensuredSource(ResourceKey source) {
    return sources.ensured(source);
  }

  @Override
  public Optional<SourceRuns.Observed> source(ResourceKey source) {
    return sources.observe(source);
  }

  SourceRuns sources() {
    return sources;
  }

  /** Nothing was seen: to ask the real world would begin a window there. */
  @Override
  public Health health(String route, RevisionId revision, String window) {
    return new Health(Duration.ZERO, 0, 0, null);
  }

  @Override
  public void ensure(RevisionId revision, InstanceTemplate template, int instances) {
    ensured.put(revision, Optional.of(new Ensured(template, instances)));
    RuntimeObservation now = runtime(revision);
    if (now.equals(RuntimeObservation.NONE)) {
      observed.put(revision, PROVED);
    } else if (now.instances().size() > instances) {
      List<Instance> fewer = new ArrayList<>(now.instances().subList(0, instances));
      observed.put(revision, new RuntimeObservation(fewer, now.failure(), now.everReady()));
    }
  }

  @Override
  public void remove(RevisionId revision) {
    observed.put(revision, RuntimeObservation.NONE);
    ensured.put(revision, Optional.empty());
    settings.put(revision, Optional.empty());
  }

  @Override
  public void configure(RevisionId revision, ScaleSettings wanted) {
    settings.put(revision, Optional.of(wanted));
  }

  @Override
  public RuntimeObservation observe(RevisionId revision) {
    return runtime(revision);
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

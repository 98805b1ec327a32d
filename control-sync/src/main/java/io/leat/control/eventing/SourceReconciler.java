package io.leat.control.eventing;

import io.leat.control.eventing.provisioner.Provisioners;
import io.leat.control.eventing.provisioner.Provisioning;
import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.reconcile.SourceRuns;
import io.leat.control.reconcile.SourceRuns.SourceRun;
import io.leat.control.resource.Condition;
import io.leat.control.resource.EventingSpec.SourceSpec;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.EventingStatus.ProvisionedObject;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.serving.Conditions;
import io.leat.control.store.ResourceView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says how a Source is to run, once its Channel is ready, and tells how it is doing. */
public final class SourceReconciler implements Reconciler {
  private static final String PROVISIONED = "Provisioned";
  private static final String CHANNEL_READY = "ChannelReady";

  /** Looks at one Source at a time. */
  public SourceReconciler() {}

  @Override
  public Kind kind() {
    return Kind.SOURCE;
  }

  @Override
  public Plan plan(Resource source, ResourceView view, Observations observations) {
    if (source.metadata().isDeleting() || !(source.spec() instanceof SourceSpec spec)) {
      return gone(source.key(), view, observations);
    }
    RawJson arguments = spec.arguments() == null ? RawJson.EMPTY : spec.arguments();
    String namespace = source.metadata().namespace();
    Provisioning provisioning =
        Provisioners.resolve(spec.provisioner(), arguments, Kind.SOURCE, namespace, view);
    ObjectRef ref = spec.channelRef();
    Resource channel =
        ref == null
            ? null
            : SubscriptionModel.keyOf(ref, namespace)
                .filter(key -> key.kind().isChannel())
                .flatMap(view::get)
                .orElse(null);
    Condition channelReady =
        channel == null
            ? Condition.unknown(CHANNEL_READY, "ChannelNotFound", "The Channel is not there yet.")
            : Conditions.mirror(CHANNEL_READY, channel);
    Plan.Builder plan = new Plan.Builder();
    SourceRun run = run(source, provisioning, channel, observations);
    if (run == null) {
      gone(source.key(), view, observations).changes().forEach(plan::add);
    } else if (observations.ensuredSource(source.key()).filter(run::equals).isEmpty()) {
      plan.add(new Change.EnsureSource(run));
    }
    List<Condition> parts =
        List.of(provisioned(source.key(), provisioning, run, observations), channelReady);
    Status status =
        Status.ofEventing(
            source.metadata().generation(),
            Conditions.withReady(parts),
            null,
            null,
            EventingStatus.ofProvisioned(List.of(row(ref, channel))));
    return plan.status(source, status).build();
  }

  @Override
  public Plan gone(ResourceKey key, ResourceView view, Observations observations) {
    return observations.ensuredSource(key).isEmpty()
        ? Plan.EMPTY
        : new Plan.Builder().add(new Change.RemoveSource(key)).build();
  }

  /** Nothing is emitted before the Channel is ready; a Channel that was ready keeps its Source. */
  private static @Nullable SourceRun run(
      Resource source,
      Provisioning provisioning,
      @Nullable Resource channel,
      Observations observations) {
    if (!(provisioning instanceof Provisioning.Made made)
        || channel == null
        || channel.metadata().isDeleting()
        || channel.status().address() == null) {
      return null;
    }
    boolean runs = observations.ensuredSource(source.key()).isPresent();
    if (!runs && !channel.status().isTrue(Conditions.READY)) {
      return null;
    }
    return new SourceRun(
        source.key(),
        source.metadata().uid(),
        source.metadata().generation(),
        made.backEnd().word(),
        made.arguments().toString(),
        ChannelModel.of(channel).id(),
        channel.status().address().url());
  }

  private static Condition provisioned(
      ResourceKey source,
      Provisioning provisioning,
      @Nullable SourceRun run,
      Observations observations) {
    if (provisioning instanceof Provisioning.Refused refused) {
      return Condition.isFalse(PROVISIONED, refused.reason(), refused.message());
    }
    if (run == null) {
      return Condition.unknown(PROVISIONED, "ChannelNotReady", "The Channel is not ready yet.");
    }
    Optional<SourceRuns.Observed> observed = observations.source(source);
    if (observed.isEmpty()) {
      return Condition.unknown(PROVISIONED, "NotRunning", "It is not known to run.");
    }
    String problem = observed.get().problem();
    return problem.isEmpty()
        ? Condition.isTrue(PROVISIONED)
        : Condition.isFalse(PROVISIONED, "RunFailed", problem);
  }

  private static ProvisionedObject row(@Nullable ObjectRef ref, @Nullable Resource channel) {
    String type = Kind.CHANNEL.kind() + "." + Kind.CHANNEL.group();
    String name = ref == null || ref.name() == null ? "" : ref.name();
    return channel == null
        ? new ProvisionedObject(name, type, "Missing", "the Channel does not exist")
        : new ProvisionedObject(name, type, "Referenced", null);
  }
}

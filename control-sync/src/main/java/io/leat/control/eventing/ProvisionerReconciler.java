package io.leat.control.eventing;

import io.leat.control.eventing.provisioner.Provisioners;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.EventingSpec.EventTypeSpec;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.EventingStatus.ProvisionedObject;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.serving.Conditions;
import io.leat.control.store.EventingReferences;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sees to the EventTypes that a Provisioner lists: one that is missing is created, one that is
 * there is adopted and not changed; and tells whether the Provisioner can make anything.
 */
public final class ProvisionerReconciler implements Reconciler {
  private static final String TYPE = Kind.EVENT_TYPE.kind() + "." + Kind.EVENT_TYPE.group();
  private static final String BACK_END = "BackEndReady";
  private static final String INSTALLED = "EventTypesInstalled";

  /** Looks at one Provisioner at a time. */
  public ProvisionerReconciler() {}

  @Override
  public Kind kind() {
    return Kind.PROVISIONER;
  }

  @Override
  public Plan plan(Resource provisioner, ResourceView view, Observations observations) {
    if (provisioner.metadata().isDeleting()) {
      return Plan.EMPTY;
    }
    Plan.Builder plan = new Plan.Builder();
    List<ProvisionedObject> rows = new ArrayList<>();
    Condition installed = Condition.isTrue(INSTALLED);
    for (String name : EventingReferences.eventTypes(provisioner)) {
      ResourceKey key = new ResourceKey(Kind.EVENT_TYPE, provisioner.metadata().namespace(), name);
      Optional<Resource> type = view.get(key);
      if (type.isEmpty()) {
        plan.create(fresh(key, provisioner));
        rows.add(new ProvisionedObject(name, TYPE, "Pending", "is being created"));
        installed = Condition.unknown(INSTALLED, "Installing", key + " is being created.");
      } else if (type.get().metadata().isDeleting()) {
        rows.add(new ProvisionedObject(name, TYPE, "Deleting", "somebody asked for its deletion"));
      } else {
        rows.add(new ProvisionedObject(name, TYPE, relationship(type.get(), provisioner), null));
      }
    }
    String problem = Provisioners.problem(provisioner);
    Condition backEnd =
        problem.isEmpty()
            ? Condition.isTrue(BACK_END)
            : Condition.isFalse(BACK_END, "CannotProvision", problem);
    Status status =
        Status.ofEventing(
            provisioner.metadata().generation(),
            Conditions.withReady(List.of(backEnd, installed)),
            null,
            null,
            EventingStatus.ofProvisioned(rows));
    return plan.status(provisioner, status).build();
  }

  private static String relationship(Resource type, Resource provisioner) {
    long others =
        type.metadata().ownerReferences().stream()
            .filter(owner -> !owner.uid().equals(provisioner.metadata().uid()))
            .count();
    return others == 0 ? "Owned" : "Shared";
  }

  private static Resource fresh(ResourceKey key, Resource provisioner) {
    Metadata metadata =
        Metadata.of(key.namespace(), key.name())
            .withOwners(List.of(EventTypeReconciler.owner(provisioner)))
            .withFinalizers(List.of(EventTypeReconciler.FINALIZER));
    return Resource.of(Kind.EVENT_TYPE, metadata, new EventTypeSpec(null));
  }
}

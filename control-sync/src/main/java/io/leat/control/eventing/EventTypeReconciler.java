package io.leat.control.eventing;

import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Metadata.OwnerReference;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Status;
import io.leat.control.store.EventingReferences;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the owners of an EventType: the Provisioners of its namespace that list it. While there is
 * one, a finalizer holds back the deletion.
 */
public final class EventTypeReconciler implements Reconciler {
  /** Held while a Provisioner owns the EventType. */
  public static final String FINALIZER = "eventing.knative.dev/owned";

  /** Counts owners. */
  public EventTypeReconciler() {}

  @Override
  public Kind kind() {
    return Kind.EVENT_TYPE;
  }

  @Override
  public Plan plan(Resource type, ResourceView view, Observations observations) {
    Metadata metadata = type.metadata();
    List<OwnerReference> owners = new ArrayList<>();
    for (OwnerReference owner : metadata.ownerReferences()) {
      if (!owner.kind().equals(Kind.PROVISIONER.kind())) {
        owners.add(owner);
      }
    }
    int references = 0;
    for (Resource provisioner : view.list(Kind.PROVISIONER, metadata.namespace())) {
      if (!provisioner.metadata().isDeleting()
          && EventingReferences.eventTypes(provisioner).contains(metadata.name())) {
        owners.add(owner(provisioner));
        references++;
      }
    }
    List<String> finalizers = new ArrayList<>(metadata.finalizers());
    finalizers.remove(FINALIZER);
    boolean mayHold = !metadata.isDeleting() || metadata.finalizers().contains(FINALIZER);
    if (references > 0 && mayHold) {
      finalizers.add(FINALIZER);
    }
    Metadata wanted = metadata.withOwners(owners).withFinalizers(finalizers);
    Plan.Builder plan = new Plan.Builder().replace(type, type.withMetadata(wanted));
    if (metadata.isDeleting() && finalizers.isEmpty()) {
      return plan.build();
    }
    Status status =
        Status.ofEventing(
            metadata.generation(), List.of(), null, null, EventingStatus.ofReferences(references));
    return plan.status(type, status).build();
  }

  /** A reference that makes a Provisioner one owner of several. */
  static OwnerReference owner(Resource provisioner) {
    return new OwnerReference(
        provisioner.kind().apiVersion(),
        provisioner.kind().kind(),
        provisioner.metadata().name(),
        provisioner.metadata().uid(),
        false);
  }
}

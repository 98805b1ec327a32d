package io.leat.control.serving;

import io.leat.control.reconcile.Plan;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.Labels;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Shows instances as EndpointSlices, one each because each local instance has its own port. */
final class EndpointSlices {
  private EndpointSlices() {}

  /** Plans that a revision owns exactly the slices of these instances. */
  static void plan(
      Resource revision,
      String portName,
      List<Instances.Shown> shown,
      ResourceView view,
      Plan.Builder plan) {
    Set<ResourceKey> wanted = new TreeSet<>();
    for (Instances.Shown one : shown) {
      Resource slice = slice(revision, portName, one);
      wanted.add(slice.key());
      Resource current = view.get(slice.key()).orElse(null);
      if (current == null) {
        plan.create(slice);
      } else if (References.controls(revision, current)) {
        plan.replace(
            current,
            new Resource(slice.kind(), metadata(current, slice), slice.spec(), current.status()));
      }
    }
    for (Resource owned : view.ownedBy(revision.metadata().uid())) {
      if (owned.kind() == Kind.ENDPOINT_SLICE && !wanted.contains(owned.key())) {
        plan.delete(owned);
      }
    }
  }

  private static Metadata metadata(Resource current, Resource slice) {
    return current.metadata().withLabels(slice.metadata().labels());
  }

  private static Resource slice(Resource revision, String portName, Instances.Shown shown) {
    Metadata owner = revision.metadata();
    String instance = shown.instance().name();
    String name =
        instance.startsWith(owner.name() + "-")
            ? instance
            : RevisionNames.child(owner.name(), "-" + instance);
    boolean ready = shown.state() == Endpoint.State.READY;
    String host = shown.instance().host();
    Spec.SliceEndpoint endpoint =
        new Spec.SliceEndpoint(List.of(host), new Spec.SliceConditions(ready, true, !ready));
    Spec.SlicePort port = new Spec.SlicePort(portName, shown.instance().port(), "TCP");
    Metadata metadata =
        Metadata.of(owner.namespace(), name)
            .withLabels(Map.of(Labels.REVISION, owner.name()))
            .withOwners(References.controlledBy(revision));
    return Resource.of(
        Kind.ENDPOINT_SLICE,
        metadata,
        new Spec.EndpointSliceSpec(
            host.indexOf(':') >= 0 ? "IPv6" : "IPv4", List.of(endpoint), List.of(port)));
  }
}

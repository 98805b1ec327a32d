package io.leat.control.serving.domain;

import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Observations.LostHost;
import io.leat.control.reconcile.Observations.Publication;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec.DomainMappingSpec;
import io.leat.control.resource.Spec.DomainRef;
import io.leat.control.resource.Status;
import io.leat.control.serving.Conditions;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.VirtualHost;
import java.util.List;

/** Tells how a DomainMapping is: who holds its host, where it leads, and whether proxies know. */
public final class DomainMappingReconciler implements Reconciler {
  private static final String CLAIMED = "DomainClaimed";
  private static final String RESOLVED = "ReferenceResolved";
  private static final String INGRESS = "IngressReady";

  private final DomainHosts hosts;

  /** Leads to Routes under the domains of a configuration. */
  public DomainMappingReconciler(ServingConfig config) {
    this.hosts = new DomainHosts(config);
  }

  @Override
  public Kind kind() {
    return Kind.DOMAIN_MAPPING;
  }

  @Override
  public Plan plan(Resource mapping, ResourceView view, Observations observations) {
    if (!(mapping.spec() instanceof DomainMappingSpec spec) || mapping.metadata().isDeleting()) {
      return Plan.EMPTY;
    }
    Publication publication = observations.publication(mapping.key());
    String url = "http://" + mapping.metadata().name();
    List<Condition> parts =
        List.of(
            claimed(publication),
            certificate(spec),
            resolved(mapping, spec.ref(), view),
            ingress(publication, hosts.hosts(mapping, view)));
    Status status =
        new Status(
            mapping.metadata().generation(),
            Conditions.withReady(parts),
            url,
            new Status.Address(url),
            null,
            null,
            null,
            null,
            null,
            null);
    return new Plan.Builder().status(mapping, status).build();
  }

  private static Condition claimed(Publication publication) {
    if (!publication.lost().isEmpty()) {
      LostHost lost = publication.lost().getFirst();
      return Condition.isFalse(
          CLAIMED,
          "DomainAlreadyClaimed",
          lost.host() + " belongs to the older " + lost.winner() + ".");
    }
    return publication.hosts().isEmpty()
        ? Condition.unknown(CLAIMED, "DomainNotClaimedYet", "")
        : Condition.isTrue(CLAIMED);
  }

  private static Condition certificate(DomainMappingSpec spec) {
    String type = "CertificateProvisioned";
    return spec.tls() == null
        ? new Condition(type, Condition.State.TRUE, "TLSNotEnabled", "", null)
        : Condition.isFalse(
            type, "NotSupported", "spec.tls has no effect here: the host is served over HTTP.");
  }

  private static Condition resolved(Resource mapping, DomainRef ref, ResourceView view) {
    String namespace = mapping.metadata().namespace();
    Resource route = DomainHosts.route(mapping, view).orElse(null);
    if (ref.kind().equals(Kind.SERVICE.kind())) {
      ResourceKey key = new ResourceKey(Kind.SERVICE, namespace, ref.name());
      Resource service = view.get(key).orElse(null);
      if (service == null) {
        return missing(key);
      }
      return route == null || !References.controls(service, route)
          ? Condition.unknown(RESOLVED, "RouteMissing", key + " has no Route yet.")
          : Condition.isTrue(RESOLVED);
    }
    return route == null
        ? missing(new ResourceKey(Kind.ROUTE, namespace, ref.name()))
        : Condition.isTrue(RESOLVED);
  }

  private static Condition missing(ResourceKey key) {
    return Condition.isFalse(RESOLVED, "ResolveFailed", "There is no " + key + ".");
  }

  private static Condition ingress(Publication publication, List<VirtualHost> wanted) {
    if (!publication.refusal().isEmpty() && !publication.acknowledged()) {
      return Condition.isFalse(INGRESS, "TableRefused", publication.refusal());
    }
    boolean empty = wanted.stream().allMatch(host -> host.entries().isEmpty());
    if (empty) {
      return Condition.unknown(INGRESS, "IngressNotConfigured", "No traffic is assigned yet.");
    }
    return publication.acknowledged() && publication.hosts().equals(wanted)
        ? Condition.isTrue(INGRESS)
        : Condition.unknown(
            INGRESS, "RolloutInProgress", "Not every proxy serves the mapping yet.");
  }
}

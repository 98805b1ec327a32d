package io.leat.control.manifest;

import io.leat.control.resource.EventingSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.MessagingSpec;
import io.leat.control.resource.Spec;

/**
 * Which record a kind's document is made of.
 *
 * @param spec the record of the wanted state
 * @param flat whether the record's fields stand beside metadata instead of in {@code spec}
 */
public record KindShape(Class<? extends Spec> spec, boolean flat) {

  /** The shape of a kind. */
  public static KindShape of(Kind kind) {
    return switch (kind) {
      case SERVICE -> new KindShape(Spec.ServiceSpec.class, false);
      case CONFIGURATION -> new KindShape(Spec.ConfigurationSpec.class, false);
      case REVISION -> new KindShape(Spec.RevisionSpec.class, false);
      case ROUTE -> new KindShape(Spec.RouteSpec.class, false);
      case DOMAIN_MAPPING -> new KindShape(Spec.DomainMappingSpec.class, false);
      case ENDPOINT_SLICE -> new KindShape(Spec.EndpointSliceSpec.class, true);
      case SOURCE -> new KindShape(EventingSpec.SourceSpec.class, false);
      case CHANNEL -> new KindShape(EventingSpec.ChannelSpec.class, false);
      case SUBSCRIPTION -> new KindShape(EventingSpec.SubscriptionSpec.class, false);
      case PROVISIONER -> new KindShape(EventingSpec.ProvisionerSpec.class, false);
      case EVENT_TYPE -> new KindShape(EventingSpec.EventTypeSpec.class, false);
      case SUBSCRIPTION_SET -> new KindShape(EventingSpec.SubscriptionSetSpec.class, false);
      case MESSAGING_CHANNEL -> new KindShape(MessagingSpec.MessagingChannelSpec.class, false);
      case IN_MEMORY_CHANNEL -> new KindShape(MessagingSpec.InMemoryChannelSpec.class, false);
      case MESSAGING_SUBSCRIPTION ->
          new KindShape(MessagingSpec.MessagingSubscriptionSpec.class, false);
      case NAMESPACE,
          EVENT,
          CONFIG_MAP,
          SECRET,
          LEASE,
          CORE_SERVICE,
          DEPLOYMENT,
          MODULE,
          MODULE_RESOURCE ->
          new KindShape(Spec.Document.class, true);
    };
  }
}

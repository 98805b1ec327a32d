package io.leat.control.resource.eventing;

import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.EventingSpec.EndpointSpec;
import io.leat.control.resource.EventingSpec.ResultRoute;
import io.leat.control.resource.EventingSpec.SubscriptionSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.MessagingSpec.MessagingSubscriptionSpec;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Subscription of either face: {@code call} is the subscriber, {@code result} the reply.
 *
 * @param call a {@code uri} may be a domain
 * @param routes results by the names that a router answers with
 */
public record SubscriptionModel(
    ResourceKey key,
    ObjectRef channel,
    @Nullable Destination call,
    @Nullable Destination result,
    Map<String, Destination> routes,
    @Nullable DeliverySpec delivery) {

  /** Copies the map. */
  public SubscriptionModel {
    routes = Collections.unmodifiableMap(new TreeMap<>(routes));
  }

  /** The model of a resource whose kind is a Subscription. */
  public static SubscriptionModel of(Resource resource) {
    return switch (resource.spec()) {
      case SubscriptionSpec spec -> of(resource.key(), spec);
      case MessagingSubscriptionSpec spec ->
          new SubscriptionModel(
              resource.key(),
              spec.channel(),
              spec.subscriber(),
              spec.reply(),
              Map.of(),
              spec.delivery());
      default -> throw new IllegalArgumentException("no Subscription: " + resource.key());
    };
  }

  private static SubscriptionModel of(ResourceKey key, SubscriptionSpec spec) {
    EndpointSpec call = spec.call();
    ObjectRef target = spec.result() == null ? null : spec.result().targetRef();
    Map<String, Destination> routes = new TreeMap<>();
    List<ResultRoute> written = spec.result() == null ? List.of() : spec.result().routes();
    written.forEach(route -> routes.put(route.name(), new Destination(route.target(), null)));
    return new SubscriptionModel(
        key,
        spec.from(),
        call == null ? null : new Destination(call.object(), call.domain()),
        target == null ? null : new Destination(target, null),
        routes,
        spec.delivery());
  }

  /** The Channel that the events come from; empty when the reference names no Channel. */
  public Optional<ResourceKey> channelKey() {
    return key(channel).filter(found -> found.kind().isChannel());
  }

  /** The resource of a reference of this one; empty when its kind is not served. */
  public Optional<ResourceKey> key(ObjectRef ref) {
    return keyOf(ref, key.namespace());
  }

  /** The resource of a reference that stands in a namespace; empty when its kind is not served. */
  public static Optional<ResourceKey> keyOf(ObjectRef ref, String namespace) {
    if (ref.apiVersion() == null || ref.kind() == null || ref.name() == null) {
      return Optional.empty();
    }
    String name = ref.name();
    return Kind.of(ref.apiVersion(), ref.kind())
        .map(kind -> new ResourceKey(kind, kind.isNamespaced() ? namespace : "", name));
  }

  /** Every resource that it names, whether or not it exists. */
  public List<ResourceKey> named() {
    List<ResourceKey> keys = new ArrayList<>();
    channelKey().ifPresent(keys::add);
    List<@Nullable Destination> destinations = new ArrayList<>(routes.values());
    destinations.add(call);
    destinations.add(result);
    destinations.add(delivery == null ? null : delivery.deadLetterSink());
    for (Destination destination : destinations) {
      if (destination != null && destination.ref() != null) {
        key(destination.ref()).ifPresent(keys::add);
      }
    }
    return keys;
  }
}

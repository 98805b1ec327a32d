package io.leat.control.eventing.topology;

import io.leat.control.manifest.rules.SubscriptionOptions;
import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.EventingSpec.SourceSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the graph of events out of resources: Channels of both faces, their Subscriptions, and
 * Sources. What is being deleted is left out.
 *
 * <p>A reference of a Channel, and a URL of a host that a Channel of the set has, become its {@code
 * namespace/name}. Everything else is a URI, of which the graph says nothing.
 */
public final class Topologies {
  private static final Pattern HOST =
      Pattern.compile(
          "(?:http://)?([a-z0-9-]+)\\.([a-z0-9-]+)\\.(svc|channels)\\.[a-z0-9.-]+(?::[0-9]+)?/?");

  private static final List<String> SUFFIXES = List.of("-kn-channel", "-channel");

  private final SequencedMap<String, String> channels = new LinkedHashMap<>();
  private final List<GraphSubscription> subscriptions = new ArrayList<>();
  private final List<GraphSource> sources = new ArrayList<>();
  private final Function<ResourceKey, Optional<Resource>> resources;

  private Topologies(Function<ResourceKey, Optional<Resource>> resources) {
    this.resources = resources;
  }

  /** The graph of what a store holds. */
  public static EventGraph of(ResourceView view) {
    return new Topologies(view::get).graph(view::list);
  }

  /** The graph of these resources alone. */
  public static EventGraph of(Collection<Resource> set) {
    Map<ResourceKey, Resource> byKey = new LinkedHashMap<>();
    set.forEach(each -> byKey.put(each.key(), each));
    return new Topologies(key -> Optional.ofNullable(byKey.get(key)))
        .graph(kind -> byKey.values().stream().filter(each -> each.kind() == kind).toList());
  }

  /** Whether resources of this kind are part of the graph. */
  public static boolean has(Kind kind) {
    return kind.isChannel() || kind.isSubscription() || kind == Kind.SOURCE;
  }

  private EventGraph graph(Function<Kind, List<Resource>> list) {
    List<Resource> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (has(kind)) {
        list.apply(kind).stream().filter(each -> !each.metadata().isDeleting()).forEach(found::add);
      }
    }
    found.stream()
        .filter(each -> each.kind().isChannel())
        .forEach(each -> channels.put(name(each.key()), ""));
    Map<String, String> deadLetters = new HashMap<>();
    for (Resource each : found) {
      if (each.kind().isChannel()) {
        String namespace = each.metadata().namespace();
        String sink = sink(ChannelModel.of(each).delivery(), namespace);
        if (!sink.isEmpty()) {
          deadLetters.put(name(each.key()), sink);
        }
      } else if (each.kind().isSubscription()) {
        subscriptions.add(subscription(each));
      } else if (each.spec() instanceof SourceSpec source) {
        sources.add(new GraphSource(name(each.key()), channel(source.channelRef(), each)));
      }
    }
    channels.putAll(deadLetters);
    return new EventGraph(channels, subscriptions, sources);
  }

  private GraphSubscription subscription(Resource resource) {
    SubscriptionModel model = SubscriptionModel.of(resource);
    String namespace = resource.metadata().namespace();
    Map<String, String> routes = new TreeMap<>();
    model.routes().forEach((route, target) -> routes.put(route, target(target, namespace)));
    Map<String, String> chosen = SubscriptionOptions.chosen(resource.metadata().annotations());
    return new GraphSubscription(
        name(resource.key()),
        channel(model.channel(), resource),
        role(model, chosen),
        target(model.call(), namespace),
        target(model.result(), namespace),
        routes,
        sink(model.delivery(), namespace),
        SubscriptionOptions.of(chosen).aggregate() != null);
  }

  /** The Subscription's own role, or that of what it calls, if it is in the set. */
  private String role(SubscriptionModel model, Map<String, String> chosen) {
    Destination call = model.call();
    String own = chosen.get(SubscriptionOptions.ROLE);
    if (own != null || call == null || call.ref() == null) {
      return own == null ? "transformer" : own;
    }
    return model
        .key(call.ref())
        .flatMap(resources)
        .map(called ->
            called
                .metadata()
                .annotations()
                .get(SubscriptionOptions.PREFIX + SubscriptionOptions.ROLE))
        .orElse("transformer");
  }

  private String sink(@Nullable DeliverySpec delivery, String namespace) {
    return delivery == null ? "" : target(delivery.deadLetterSink(), namespace);
  }

  private static String channel(@Nullable ObjectRef ref, Resource of) {
    return ref == null ? "" : of.metadata().namespace() + "/" + ref.name();
  }

  private String target(@Nullable Destination destination, String namespace) {
    if (destination == null) {
      return "";
    }
    ObjectRef ref = destination.ref();
    if (ref == null) {
      return at(destination.uri() == null ? "" : destination.uri(), namespace);
    }
    boolean isChannel =
        SubscriptionModel.keyOf(ref, namespace).filter(key -> key.kind().isChannel()).isPresent();
    String name = namespace + "/" + ref.name();
    return isChannel ? name : "ref://" + ref.kind() + "/" + name;
  }

  /** The Channel whose host this is; else something with a scheme. */
  private String at(String uri, String namespace) {
    Matcher host = HOST.matcher(uri);
    if (host.matches()) {
      String label = host.group(1);
      for (String suffix : host.group(3).equals("svc") ? SUFFIXES : List.of("")) {
        if (label.endsWith(suffix)) {
          String name = label.substring(0, label.length() - suffix.length());
          String channel = host.group(2) + "/" + name;
          if (channels.containsKey(channel)) {
            return channel;
          }
        }
      }
    }
    // A name of one label is that of a service beside the Subscription.
    boolean isShort = !uri.isEmpty() && uri.indexOf('.') < 0 && !uri.contains("://");
    String full = isShort ? uri + "." + namespace : uri;
    return uri.isEmpty() || full.contains("://") ? full : "http://" + full;
  }

  private static String name(ResourceKey key) {
    return key.namespace() + "/" + key.name();
  }
}

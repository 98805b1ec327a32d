package io.leat.control.eventing;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.store.ResourceView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds where objects take calls and events, by what their status says: {@code targetable} or
 * {@code sinkable}, {@code address.url}, {@code address.hostname}; a core Service by its name.
 */
final class Addresses {
  private static final List<String> DOMAINS =
      List.of("/status/targetable/domainInternal", "/status/sinkable/domainInternal");

  private final String namespace;
  private final String clusterDomain;
  private final ResourceView view;

  /**
   * Addresses as one resource sees them.
   *
   * @param namespace of the resource
   */
  Addresses(String namespace, String clusterDomain, ResourceView view) {
    this.namespace = namespace;
    this.clusterDomain = clusterDomain;
    this.view = view;
  }

  /** An absolute URL, or why there is none. */
  sealed interface Found {
    /** It is reached there. */
    record At(String url) implements Found {}

    /**
     * It is not reached.
     *
     * @param reason a word for programs
     */
    record Nowhere(String reason, String message) implements Found {}
  }

  /** Where a destination is reached. */
  Found of(Destination destination) {
    String path = destination.uri() == null ? "" : destination.uri();
    if (destination.ref() == null) {
      return new Found.At(absolute(path));
    }
    return switch (of(destination.ref())) {
      case Found.At(String url) ->
          new Found.At(url.endsWith("/") && !path.isEmpty() ? url + path.substring(1) : url + path);
      case Found.Nowhere nowhere -> nowhere;
    };
  }

  private Found of(ObjectRef ref) {
    Optional<ResourceKey> key = SubscriptionModel.keyOf(ref, namespace);
    if (key.isEmpty()) {
      return new Found.Nowhere(
          "NotServed", ref.apiVersion() + " " + ref.kind() + " is not served here.");
    }
    Optional<Resource> resource = view.get(key.get());
    if (resource.isEmpty()) {
      return new Found.Nowhere("NotFound", "There is no " + key.get() + ".");
    }
    String url = url(resource.get());
    return url == null
        ? new Found.Nowhere("NotAddressable", key.get() + " has no address.")
        : new Found.At(url);
  }

  /** The resource of a destination, if it is there. */
  Optional<Resource> resource(Destination destination) {
    return destination.ref() == null
        ? Optional.empty()
        : SubscriptionModel.keyOf(destination.ref(), namespace).flatMap(view::get);
  }

  private @Nullable String url(Resource resource) {
    String url =
        resource.spec() instanceof Spec.Document document
            ? url(ResourceJson.fields(document))
            : url(resource.status());
    if (url != null || resource.kind() != Kind.CORE_SERVICE) {
      return url;
    }
    return "http://" + resource.metadata().name() + "." + namespace + ".svc." + clusterDomain;
  }

  private static @Nullable String url(JsonNode fields) {
    for (String pointer : DOMAINS) {
      String domain = fields.at(pointer).asText("");
      if (!domain.isEmpty()) {
        return ChannelModel.url(domain);
      }
    }
    String url = fields.at("/status/address/url").asText("");
    String host = fields.at("/status/address/hostname").asText("");
    if (!url.isEmpty()) {
      return url;
    }
    return host.isEmpty() ? null : ChannelModel.url(host);
  }

  private static @Nullable String url(Status status) {
    EventingStatus eventing = status.ofEventing();
    if (eventing.targetable() != null && eventing.targetable().domainInternal() != null) {
      return ChannelModel.url(eventing.targetable().domainInternal());
    }
    if (eventing.sinkable() != null && eventing.sinkable().domainInternal() != null) {
      return ChannelModel.url(eventing.sinkable().domainInternal());
    }
    return status.address() == null ? null : status.address().url();
  }

  /** A URL as it is, a domain as one; a name of one label is that of a service beside. */
  private String absolute(String text) {
    if (text.contains("://")) {
      return text;
    }
    int colon = text.indexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    String port = colon < 0 ? "" : text.substring(colon);
    boolean isShort = host.indexOf('.') < 0;
    return "http://" + host + (isShort ? "." + namespace + ".svc." + clusterDomain : "") + port;
  }

  /** A URL by its domain alone, where that says it all. */
  static String domain(String url) {
    String rest = url.startsWith("http://") ? url.substring("http://".length()) : url;
    String host = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    return url.startsWith("http://") && host.indexOf('/') < 0 && host.indexOf('?') < 0 ? host : url;
  }
}

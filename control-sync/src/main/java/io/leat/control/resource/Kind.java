package io.leat.control.resource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every kind of resource that Leat serves, with its names in the Kubernetes API. */
public enum Kind {
  SERVICE("serving.knative.dev", "v1", "Service", "services", List.of("ksvc", "kservice")),
  CONFIGURATION(
      "serving.knative.dev", "v1", "Configuration", "configurations", List.of("cfg", "config")),
  REVISION("serving.knative.dev", "v1", "Revision", "revisions", List.of("rev")),
  ROUTE("serving.knative.dev", "v1", "Route", "routes", List.of("rt")),
  DOMAIN_MAPPING(
      "serving.knative.dev", "v1beta1", "DomainMapping", "domainmappings", List.of("dm")),
  ENDPOINT_SLICE("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", List.of()),
  NAMESPACE("", "v1", "Namespace", "namespaces", List.of("ns")),
  EVENT("", "v1", "Event", "events", List.of("ev")),
  CONFIG_MAP("", "v1", "ConfigMap", "configmaps", List.of("cm")),
  SECRET("", "v1", "Secret", "secrets", List.of()),
  LEASE("coordination.k8s.io", "v1", "Lease", "leases", List.of()),
  MODULE("modules.leat.dev", "v1alpha1", "Module", "modules", List.of()),
  MODULE_RESOURCE(
      "modules.leat.dev", "v1alpha1", "ModuleResource", "moduleresources", List.of("modres")),
  CORE_SERVICE("", "v1", "Service", "services", List.of("svc")),
  DEPLOYMENT("apps", "v1", "Deployment", "deployments", List.of("deploy")),
  SOURCE("eventing.knative.dev", "v1alpha1", "Source", "sources", List.of()),
  CHANNEL("eventing.knative.dev", "v1alpha1", "Channel", "channels", List.of("chan")),
  SUBSCRIPTION("eventing.knative.dev", "v1alpha1", "Subscription", "subscriptions", List.of()),
  PROVISIONER("eventing.knative.dev", "v1alpha1", "Provisioner", "provisioners", List.of()),
  EVENT_TYPE("eventing.knative.dev", "v1alpha1", "EventType", "eventtypes", List.of()),
  SUBSCRIPTION_SET(
      "eventing.internal.knative.dev",
      "v1alpha1",
      "ResolvedSubscriptionSet",
      "resolvedsubscriptionsets",
      List.of("rss")),
  MESSAGING_CHANNEL("messaging.knative.dev", "v1", "Channel", "channels", List.of("ch")),
  IN_MEMORY_CHANNEL(
      "messaging.knative.dev", "v1", "InMemoryChannel", "inmemorychannels", List.of("imc")),
  MESSAGING_SUBSCRIPTION(
      "messaging.knative.dev", "v1", "Subscription", "subscriptions", List.of("sub"));

  private static final Set<String> EVENTING_GROUPS =
      Set.of("eventing.knative.dev", "eventing.internal.knative.dev", "messaging.knative.dev");

  private final String group;
  private final String version;
  private final String kind;
  private final String plural;
  private final List<String> shortNames;

  Kind(String group, String version, String kind, String plural, List<String> shortNames) {
    this.group = group;
    this.version = version;
    this.kind = kind;
    this.plural = plural;
    this.shortNames = shortNames;
  }

  /** API group; empty for core. */
  public String group() {
    return group;
  }

  /** API version within the group. */
  public String version() {
    return version;
  }

  /** {@code group/version}, or the version alone for core. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** CamelCase name as in manifests. */
  public String kind() {
    return kind;
  }

  /** Lower-case plural as in paths. */
  public String plural() {
    return plural;
  }

  /** What kubectl users type. */
  public List<String> shortNames() {
    return shortNames;
  }

  /** Whether its resources live in a namespace; those of others have the empty one. */
  public boolean isNamespaced() {
    return this != NAMESPACE;
  }

  /** Whether its resources are kept as the documents they came as, see {@link Spec.Document}. */
  public boolean isDocument() {
    return switch (this) {
      case NAMESPACE,
          EVENT,
          CONFIG_MAP,
          SECRET,
          LEASE,
          CORE_SERVICE,
          DEPLOYMENT,
          MODULE,
          MODULE_RESOURCE ->
          true;
      case SERVICE,
          CONFIGURATION,
          REVISION,
          ROUTE,
          DOMAIN_MAPPING,
          ENDPOINT_SLICE,
          SOURCE,
          CHANNEL,
          SUBSCRIPTION,
          PROVISIONER,
          EVENT_TYPE,
          SUBSCRIPTION_SET,
          MESSAGING_CHANNEL,
          IN_MEMORY_CHANNEL,
          MESSAGING_SUBSCRIPTION ->
          false;
    };
  }

  /** The words by which kubectl users ask for several kinds at once. */
  public List<String> categories() {
    return switch (group) {
      case "serving.knative.dev" -> List.of("all", "knative", "serving");
      case "eventing.knative.dev" -> List.of("all", "knative", "eventing");
      case "eventing.internal.knative.dev" -> List.of("knative", "eventing");
      case "messaging.knative.dev" -> List.of("all", "knative", "messaging");
      default -> List.of();
    };
  }

  /** Whether its resources are Channels, by whichever face. */
  public boolean isChannel() {
    return this == CHANNEL || this == MESSAGING_CHANNEL || this == IN_MEMORY_CHANNEL;
  }

  /** Whether its resources are Subscriptions, by whichever face. */
  public boolean isSubscription() {
    return this == SUBSCRIPTION || this == MESSAGING_SUBSCRIPTION;
  }

  /** Whether it belongs to eventing or messaging. */
  public boolean isEventing() {
    return EVENTING_GROUPS.contains(group);
  }

  /** Whether a resource without a Ready condition has nothing left to become. */
  public boolean isSilent() {
    return isDocument() || this == ENDPOINT_SLICE || this == EVENT_TYPE || this == SUBSCRIPTION_SET;
  }

  /**
   * Whether only its own API makes and changes its resources, because each change is planned there:
   * others may read and delete them.
   */
  public boolean isPlanned() {
    return this == MODULE || this == MODULE_RESOURCE;
  }

  /** {@code plural.group}, or the plural alone for core: how errors name the kind. */
  public String resource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** The kind that a manifest names, if Leat serves it. */
  public static Optional<Kind> of(String apiVersion, String kind) {
    for (Kind candidate : values()) {
      if (candidate.kind.equals(kind) && candidate.apiVersion().equals(apiVersion)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /**
   * The kind that a person means by a kind, plural, {@code plural.group} or short name, in any
   * letter case; of several the first.
   */
  public static Optional<Kind> named(String word) {
    for (Kind candidate : values()) {
      if (candidate.kind.equalsIgnoreCase(word)
          || candidate.resource().equalsIgnoreCase(word)
          || candidate.plural.equalsIgnoreCase(word)
          || candidate.shortNames.stream().anyMatch(word::equalsIgnoreCase)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}

package io.leat.control.manifest.rules;

import io.leat.control.resource.EventingSpec;
import io.leat.control.resource.EventingSpec.ChannelSpec;
import io.leat.control.resource.EventingSpec.EndpointSpec;
import io.leat.control.resource.EventingSpec.EventTypeSpec;
import io.leat.control.resource.EventingSpec.GroupKind;
import io.leat.control.resource.EventingSpec.ProvisionerSpec;
import io.leat.control.resource.EventingSpec.ResultRoute;
import io.leat.control.resource.EventingSpec.ResultStrategy;
import io.leat.control.resource.EventingSpec.SourceSpec;
import io.leat.control.resource.EventingSpec.SubscriptionSetSpec;
import io.leat.control.resource.EventingSpec.SubscriptionSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.ObjectRef;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The limitations of {@code eventing.knative.dev/v1alpha1} (object model of October 2018). */
final class EventingRules {
  /** The longest name whose host {@code NAME-channel} is still a label. */
  private static final int LONGEST_NAME = 55;

  private static final String GROUP = Kind.SOURCE.group();
  private static final List<Kind> CHANNEL = List.of(Kind.CHANNEL);

  private final Metadata metadata;
  private final Findings findings;
  private final ReferenceRules references;
  private final DeliveryRules deliveries;

  EventingRules(Metadata metadata, Findings findings) {
    this.metadata = metadata;
    this.findings = findings;
    this.references = new ReferenceRules(metadata.namespace(), findings);
    this.deliveries = new DeliveryRules(references, findings);
  }

  void check(EventingSpec spec) {
    switch (spec) {
      case SourceSpec source -> source(source);
      case ChannelSpec channel -> channel(channel);
      case SubscriptionSpec subscription -> subscription(subscription);
      case ProvisionerSpec provisioner -> type(provisioner.type());
      case SubscriptionSetSpec set -> deliveries.subscribers("spec.subscribers", set.subscribers());
      case EventTypeSpec _ -> {
        // The reader judges the text of the schema.
      }
    }
  }

  private void source(SourceSpec source) {
    references.provisioner(source.provisioner());
    if (source.channel() != null && source.target() != null) {
      findings.add("spec.target", "means the same as channel: give one of the two");
    } else if (source.channel() != null) {
      references.channel("spec.channel", source.channel(), CHANNEL);
    } else if (source.target() != null) {
      references.channel("spec.target", source.target(), CHANNEL);
    } else {
      findings.required("spec.channel");
    }
  }

  private void channel(ChannelSpec channel) {
    if (metadata.name().length() > LONGEST_NAME) {
      findings.add(
          "metadata.name",
          "must have at most " + LONGEST_NAME + " characters" + Findings.got(metadata.name()));
    }
    references.provisioner(channel.provisioner());
    deliveries.delivery(channel.delivery());
    if (channel.channelable() != null) {
      deliveries.subscribers("spec.channelable.subscribers", channel.channelable().subscribers());
    }
    List<String> types = channel.eventTypes() == null ? List.of() : channel.eventTypes();
    for (int i = 0; i < types.size(); i++) {
      if (!Names.isSubdomain(types.get(i))) {
        findings.add(
            "spec.eventTypes[" + i + "]",
            "must be the name of an EventType" + Findings.got(types.get(i)));
      }
    }
    SubscriptionOptions.check(metadata.annotations(), findings);
  }

  private void subscription(SubscriptionSpec subscription) {
    references.channel("spec.from", subscription.from(), CHANNEL);
    EndpointSpec call = subscription.call();
    ResultStrategy result = subscription.result();
    if (call == null && result == null) {
      findings.add("spec", "must have at least one of call, result");
    }
    if (call != null) {
      call(call);
    }
    if (result != null) {
      result(result);
    }
    deliveries.delivery(subscription.delivery());
    SubscriptionOptions.check(metadata.annotations(), findings);
    role(call, result);
  }

  private void role(@Nullable EndpointSpec call, @Nullable ResultStrategy result) {
    String key = SubscriptionOptions.PREFIX + SubscriptionOptions.ROLE;
    String role = metadata.annotations().get(key);
    boolean routed = result != null && !result.routes().isEmpty();
    if (routed && call == null) {
      findings.add("spec.result.routeMapping", "needs spec.call: the router that names routes");
    } else if (routed && role != null && !role.equals("router")) {
      findings.add(
          "spec.result.routeMapping",
          "must be empty unless the role is router" + Findings.got(role));
    } else if ("router".equals(role) && call == null) {
      findings.add("metadata.annotations[" + key + "]", "needs spec.call: the router");
    }
  }

  private void call(EndpointSpec call) {
    Map<String, ObjectRef> objects = new LinkedHashMap<>();
    put(objects, "targetRef", call.targetRef());
    put(objects, "target", call.target());
    put(objects, "ref", call.ref());
    Map<String, String> domains = new LinkedHashMap<>();
    put(domains, "dnsName", call.dnsName());
    put(domains, "targetURI", call.targetURI());
    put(domains, "uri", call.uri());
    onlyOne(objects.keySet());
    onlyOne(domains.keySet());
    if (objects.isEmpty() == domains.isEmpty()) {
      findings.add(
          "spec.call",
          objects.isEmpty()
              ? "must have one of targetRef, dnsName"
              : "must have one of targetRef, dnsName, not both");
    }
    objects.forEach((name, ref) -> references.object("spec.call." + name, ref));
    domains.forEach((name, domain) -> references.domain("spec.call." + name, domain));
  }

  private static <T> void put(Map<String, T> given, String name, @Nullable T value) {
    if (value != null) {
      given.put(name, value);
    }
  }

  private void onlyOne(Set<String> names) {
    List<String> given = List.copyOf(names);
    for (int i = 1; i < given.size(); i++) {
      findings.add(
          "spec.call." + given.get(i),
          "means the same as " + given.getFirst() + ": give one of the two");
    }
  }

  private void result(ResultStrategy result) {
    if (result.isShort() && (result.target() != null || result.routeMapping() != null)) {
      findings.add(
          "spec.result", "must be the reference of a Channel, or have target and routeMapping");
      return;
    }
    ObjectRef target = result.targetRef();
    if (target != null) {
      String path = result.isShort() ? "spec.result" : "spec.result.target";
      references.channel(path, target, CHANNEL);
    } else if (result.routes().isEmpty()) {
      findings.add("spec.result", "must have at least one of target, routeMapping");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < result.routes().size(); i++) {
      ResultRoute route = result.routes().get(i);
      String path = "spec.result.routeMapping[" + i + "]";
      if (route.name().isBlank() || route.name().contains(",")) {
        findings.add(path + ".name", "must be a name without commas" + Findings.got(route.name()));
      } else if (!names.add(route.name())) {
        findings.add(path + ".name", "must be unique" + Findings.got(route.name()));
      }
      references.channel(path + ".target", route.target(), CHANNEL);
    }
  }

  private void type(GroupKind type) {
    findings.oneOf("spec.type.kind", type.kind(), List.of(Kind.SOURCE.kind(), Kind.CHANNEL.kind()));
    if (type.group() != null && !type.group().isEmpty()) {
      findings.oneOf("spec.type.group", type.group(), List.of(GROUP));
    }
  }

  /** What must not change. */
  static void change(EventingSpec before, EventingSpec after, String namespace, Findings findings) {
    if (before instanceof SourceSpec old
        && after instanceof SourceSpec now
        && !old.provisioner().equals(now.provisioner())) {
      findings.add("spec.provisioner", "is immutable");
    } else if (before instanceof ChannelSpec old
        && after instanceof ChannelSpec now
        && !old.provisioner().equals(now.provisioner())) {
      findings.add("spec.provisioner", "is immutable");
    } else if (before instanceof SubscriptionSpec old
        && after instanceof SubscriptionSpec now
        && !same(old.from(), now.from(), namespace)) {
      findings.add(
          "spec.from", "is immutable: delete the Subscription and create it anew to drain or drop");
    }
  }

  /** Whether two references of one namespace mean the same. */
  static boolean same(ObjectRef one, ObjectRef other, String namespace) {
    return placed(one, namespace).equals(placed(other, namespace));
  }

  private static ObjectRef placed(ObjectRef ref, String namespace) {
    return ref.namespace() == null
        ? new ObjectRef(ref.apiVersion(), ref.kind(), ref.name(), namespace)
        : ref;
  }
}

package io.leat.control.manifest.rules;

import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.ObjectRef;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of delivery (Knative duck v1) and of resolved subscriptions. */
final class DeliveryRules {
  private final ReferenceRules references;
  private final Findings findings;

  DeliveryRules(ReferenceRules references, Findings findings) {
    this.references = references;
    this.findings = findings;
  }

  void delivery(@Nullable DeliverySpec delivery) {
    if (delivery == null) {
      return;
    }
    if (delivery.deadLetterSink() != null) {
      destination("spec.delivery.deadLetterSink", delivery.deadLetterSink());
    }
    findings.range("spec.delivery.retry", delivery.retry(), 0, Integer.MAX_VALUE);
    findings.oneOf(
        "spec.delivery.backoffPolicy", delivery.backoffPolicy(), List.of("linear", "exponential"));
    findings.oneOf("spec.delivery.format", delivery.format(), List.of("binary", "json"));
    duration("spec.delivery.timeout", delivery.timeout(), true);
    duration("spec.delivery.backoffDelay", delivery.backoffDelay(), false);
    duration("spec.delivery.retryAfterMax", delivery.retryAfterMax(), false);
  }

  private void duration(String path, @Nullable String text, boolean positive) {
    if (text == null) {
      return;
    }
    Duration value = Durations.parse(text).orElse(null);
    if (value == null) {
      findings.add(path, Durations.EXPECTED + Findings.got(text));
    } else if (value.isNegative() || (positive && value.isZero())) {
      findings.add(
          path, (positive ? "must be above 0" : "must not be negative") + Findings.got(text));
    }
  }

  /** An object, an address, or a path below the address of an object. */
  void destination(String path, Destination destination) {
    ObjectRef ref = destination.ref();
    String uri = destination.uri();
    if (ref == null && uri == null) {
      findings.add(path, "must have ref or uri");
    } else if (ref == null) {
      references.url(path + ".uri", uri == null ? "" : uri);
    } else {
      references.object(path + ".ref", ref);
      if (uri != null && (uri.contains("://") || !uri.startsWith("/"))) {
        findings.add(
            path + ".uri", "must be a path that begins with / beside ref" + Findings.got(uri));
      }
    }
  }

  /** Entries of a set, or of the Channel that mirrors them. */
  void subscribers(String path, @Nullable List<ResolvedSubscription> subscribers) {
    List<ResolvedSubscription> all = subscribers == null ? List.of() : subscribers;
    Set<String> uids = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      ResolvedSubscription each = all.get(i);
      String place = path + "[" + i + "]";
      subscriber(place, each);
      if (!each.uid().isEmpty() && !uids.add(each.uid())) {
        findings.add(place + ".ref.uid", "must be unique" + Findings.got(each.uid()));
      }
    }
  }

  private void subscriber(String place, ResolvedSubscription each) {
    findings.oneOf(place + ".role", each.role(), SubscriptionOptions.roleNames());
    Map<String, String> routes = each.routeMapping() == null ? Map.of() : each.routeMapping();
    if (!routes.isEmpty() && !"router".equals(each.role())) {
      findings.add(place + ".routeMapping", "must be empty unless the role is router");
    }
    if (each.callableDomain() == null && each.sinkableDomain() == null) {
      findings.add(place, "must have at least one of callableDomain, sinkableDomain");
    }
    domain(place + ".callableDomain", each.callableDomain());
    domain(place + ".sinkableDomain", each.sinkableDomain());
    routes.forEach((name, domain) -> domain(place + ".routeMapping[" + name + "]", domain));
  }

  private void domain(String path, @Nullable String text) {
    if (text != null) {
      references.domain(path, text);
    }
  }
}

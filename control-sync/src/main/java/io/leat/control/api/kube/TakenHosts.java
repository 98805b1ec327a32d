package io.leat.control.api.kube;

import io.leat.control.manifest.rules.Finding;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec.RouteSpec;
import io.leat.control.resource.Spec.ServiceSpec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields of a Route or Service whose host another one of its namespace has already: a
 * Route {@code canary-shop}, and the tag {@code canary} of a Route {@code shop}, are one host.
 *
 * <p>A handful of look-ups by name, however many Routes there are. Writers at the same instant can
 * pass both; the younger Route then has the condition {@code HostConflict}.
 */
final class TakenHosts {
  private static final List<Kind> KINDS = List.of(Kind.SERVICE, Kind.ROUTE);

  private final ResourceView view;
  private final Resource wanted;

  private TakenHosts(ResourceView view, Resource wanted) {
    this.view = view;
    this.wanted = wanted;
  }

  /**
   * The findings for what a write adds; what was so before it may stay.
   *
   * @param before null for a creation
   */
  static List<Finding> findings(ResourceView view, Resource wanted, @Nullable Resource before) {
    if (!KINDS.contains(wanted.kind())) {
      return List.of();
    }
    Map<String, String> labels = labels(wanted);
    if (before != null) {
      labels.keySet().removeAll(labels(before).keySet());
    }
    TakenHosts taken = new TakenHosts(view, wanted);
    List<Finding> findings = new ArrayList<>();
    labels.forEach((label, path) ->
        taken
            .holder(label)
            .ifPresent(holder ->
                findings.add(
                    new Finding(
                        path,
                        "the host "
                            + label
                            + "."
                            + wanted.metadata().namespace()
                            + " belongs to "
                            + holder
                            + " already"))));
    return findings;
  }

  /** The first labels of the hosts, each with the field that wants it. */
  private static Map<String, String> labels(Resource resource) {
    Map<String, String> labels = new LinkedHashMap<>();
    String name = resource.metadata().name();
    labels.put(name, "metadata.name");
    List<TrafficTarget> traffic = traffic(resource);
    for (int i = 0; i < traffic.size(); i++) {
      String tag = traffic.get(i).tag();
      if (tag != null && !tag.isEmpty()) {
        labels.putIfAbsent(TrafficTarget.hostLabel(name, tag), "spec.traffic[" + i + "].tag");
      }
    }
    return labels;
  }

  private static List<TrafficTarget> traffic(Resource resource) {
    List<TrafficTarget> traffic =
        switch (resource.spec()) {
          case RouteSpec spec -> spec.traffic();
          case ServiceSpec spec -> spec.traffic();
          default -> null;
        };
    return traffic == null ? List.of() : traffic;
  }

  private Optional<ResourceKey> holder(String label) {
    Optional<ResourceKey> named = holder(label, "");
    for (int dash = label.indexOf('-');
        dash > 0 && named.isEmpty();
        dash = label.indexOf('-', dash + 1)) {
      named = holder(label.substring(dash + 1), label.substring(0, dash));
    }
    return named;
  }

  /** Another resource of this name, with this tag unless it is empty. */
  private Optional<ResourceKey> holder(String name, String tag) {
    // A Service and its Route share their name, and their hosts.
    if (name.equals(wanted.metadata().name())) {
      return Optional.empty();
    }
    return KINDS.stream()
        .map(kind -> new ResourceKey(kind, wanted.metadata().namespace(), name))
        .flatMap(key -> view.get(key).stream())
        .filter(other -> !other.metadata().isDeleting())
        .filter(other ->
            tag.isEmpty()
                || traffic(other).stream().anyMatch(target -> Objects.equals(target.tag(), tag)))
        .map(Resource::key)
        .findFirst();
  }
}

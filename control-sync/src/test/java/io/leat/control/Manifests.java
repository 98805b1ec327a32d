package io.leat.control;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.Labels;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resources as users write them, for tests. */
public final class Manifests {
  private Manifests() {}

  /** A Configuration whose template says {@code greeting}. */
  public static Resource configuration(String name, String greeting) {
    return configuration(name, greeting, null, Map.of());
  }

  /** A Configuration with a template of its own name and annotations. */
  public static Resource configuration(
      String name, String greeting, @Nullable String revision, Map<String, String> annotations) {
    return Resource.of(
        Kind.CONFIGURATION,
        Metadata.of("default", name),
        new Spec.ConfigurationSpec(template(greeting, revision, annotations)));
  }

  /** A Service. */
  public static Resource service(String name, String greeting, TrafficTarget... traffic) {
    return Resource.of(
        Kind.SERVICE,
        Metadata.of("default", name),
        new Spec.ServiceSpec(
            template(greeting, null, Map.of()), traffic.length == 0 ? null : List.of(traffic)));
  }

  /** A Route. */
  public static Resource route(String name, TrafficTarget... traffic) {
    return Resource.of(
        Kind.ROUTE, Metadata.of("default", name), new Spec.RouteSpec(List.of(traffic)));
  }

  /** A share for whatever is latest. */
  public static TrafficTarget latest(String configuration, long percent) {
    return new TrafficTarget(null, configuration, true, percent, null, null);
  }

  /** A share for a revision. */
  public static TrafficTarget to(String revision, long percent) {
    return new TrafficTarget(revision, null, false, percent, null, null);
  }

  /** A share with a subdomain. */
  public static TrafficTarget tagged(String revision, long percent, String tag) {
    return new TrafficTarget(revision, null, false, percent, tag, null);
  }

  /** A revision that somebody else runs. */
  public static Resource revision(String name) {
    return Resource.of(
        Kind.REVISION,
        Metadata.of("default", name),
        new Spec.RevisionSpec(null, null, null, null, null));
  }

  /** An endpoint of such a revision. */
  public static Resource slice(String name, String revision, int port) {
    return Resource.of(
        Kind.ENDPOINT_SLICE,
        Metadata.of("default", name).withLabels(Map.of(Labels.REVISION, revision)),
        new Spec.EndpointSliceSpec(
            "IPv4",
            List.of(new Spec.SliceEndpoint(List.of("127.0.0.1"), null)),
            List.of(new Spec.SlicePort("http1", port, "TCP"))));
  }

  private static Spec.RevisionTemplate template(
      String greeting, @Nullable String revision, Map<String, String> annotations) {
    Spec.Container container =
        new Spec.Container(
            null,
            null,
            List.of("python3", "app.py"),
            null,
            List.of(new Spec.EnvVar("GREETING", greeting)),
            null,
            null,
            null);
    return new Spec.RevisionTemplate(
        new Spec.TemplateMetadata(revision, null, annotations),
        new Spec.RevisionSpec(null, null, null, null, List.of(container)));
  }
}

package io.leat.bench.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.Labels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Routes, and the revisions that they share: what a full store is made of. */
final class SampleRoutes {
  /** Routes for each revision. */
  static final int SHARING = 100;

  private static final Instant FIRST = Instant.parse("2026-11-21T10:00:00Z");
  private static final int FIRST_PORT = 20_000;

  private SampleRoutes() {}

  /** Every revision with its endpoint, then every Route. */
  static List<Resource> all(int routes) {
    List<Resource> all = new ArrayList<>();
    for (int i = 0; i < revisions(routes); i++) {
      all.add(revision(i));
      all.add(slice(i));
    }
    for (int i = 0; i < routes; i++) {
      all.add(route(i, i % revisions(routes), revisions(routes)));
    }
    return all;
  }

  static int revisions(int routes) {
    return Math.max(2, routes / SHARING);
  }

  static String name(int index) {
    return "route-" + index;
  }

  static ResourceKey key(int index) {
    return new ResourceKey(Kind.ROUTE, "default", name(index));
  }

  static String host(int index) {
    return name(index) + ".default.localhost";
  }

  static String revisionName(int index) {
    return "rev-" + index;
  }

  /** Nine in ten to one revision, the tenth to the next. */
  static Resource route(int index, int revision, int revisions) {
    return Resource.of(
        Kind.ROUTE,
        Metadata.of("default", name(index)).withManagedFields(managed(FIRST.plusSeconds(index))),
        spec(revision, revisions));
  }

  /** What the API writes beside a Route that kubectl created. */
  private static String managed(Instant time) {
    return "[{\"apiVersion\":\"serving.knative.dev/v1\",\"fieldsType\":\"FieldsV1\","
        + "\"fieldsV1\":{\"f:spec\":{\"f:traffic\":{}}},\"manager\":\"kubectl-create\","
        + "\"operation\":\"Update\",\"time\":\""
        + time
        + "\"}]";
  }

  static Spec spec(int revision, int revisions) {
    return new Spec.RouteSpec(
        List.of(
            target(revisionName(revision), 90, null),
            target(revisionName((revision + 1) % revisions), 10, null)));
  }

  /** The revision that a Route sends nine in ten to. */
  static int firstRevision(Resource route) {
    if (route.spec() instanceof Spec.RouteSpec spec && spec.traffic() != null) {
      String name = spec.traffic().getFirst().revisionName();
      if (name != null) {
        return Integer.parseInt(name.substring("rev-".length()));
      }
    }
    throw new IllegalArgumentException("no sample: " + route.key());
  }

  private static Spec.TrafficTarget target(String revision, long percent, @Nullable String tag) {
    return new Spec.TrafficTarget(revision, null, null, percent, tag, null);
  }

  private static Resource revision(int index) {
    return Resource.of(
        Kind.REVISION,
        Metadata.of("default", revisionName(index)),
        new Spec.RevisionSpec(null, null, null, null, null));
  }

  private static Resource slice(int index) {
    return Resource.of(
        Kind.ENDPOINT_SLICE,
        Metadata.of("default", revisionName(index))
            .withLabels(Map.of(Labels.REVISION, revisionName(index))),
        new Spec.EndpointSliceSpec(
            "IPv4",
            List.of(new Spec.SliceEndpoint(List.of("127.0.0.1"), null)),
            List.of(new Spec.SlicePort("http1", FIRST_PORT + index % SHARING, "TCP"))));
  }
}

package io.leat.control.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Manifests;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Status;
import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdit.Operation;
import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RateLimit;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.Stickiness;
import io.leat.proxy.table.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Annotations of a Route on their way into the table. */
final class RoutePoliciesTest {
  private static final ServingConfig CONFIG =
      ServingConfig.standalone("example.com", 80, 443, Path.of("/srv"));

  private static List<RoutePolicy> policies(Map<String, String> annotations) {
    Resource route = Manifests.route("shop", Manifests.to("shop-00001", 100));
    Status assigned =
        new Status(
            0,
            List.of(),
            null,
            null,
            null,
            null,
            List.of(Manifests.to("shop-00001", 90), Manifests.tagged("shop-00002", 10, "next")),
            null,
            null,
            null);
    Resource annotated =
        Resource.of(route.kind(), route.metadata().withAnnotations(annotations), route.spec());
    return new RouteHosts(CONFIG)
        .hosts(annotated.withStatus(assigned)).stream()
            .map(VirtualHost::entries)
            .flatMap(List::stream)
            .map(RouteEntry::policy)
            .toList();
  }

  @Test
  void everyEntryOfTheRouteHasThePolicy() {
    RoutePolicy expected =
        new RoutePolicy(
            new Stickiness(Stickiness.Source.HEADER, "x-user"),
            Duration.ofSeconds(30),
            10L << 20,
            new RateLimit(600, Duration.ofMinutes(1)),
            new HeaderEdits(
                List.of(
                    new HeaderEdit(Operation.SET, "x-env", "prod: a b"),
                    new HeaderEdit(Operation.ADD, "x-seen", "leat")),
                List.of(new HeaderEdit(Operation.REMOVE, "server", ""))),
            true,
            new Mirror(new RevisionId("default", "shop-00003"), 10));
    assertThat(
            policies(
                Map.of(
                    "leat.dev/sticky", "header=X-User",
                    "leat.dev/timeout", "30s",
                    "leat.dev/max-body", "10Mi",
                    "leat.dev/rate-limit", "600/m",
                    "leat.dev/request-headers", "set X-Env: prod: a b\n\n  add x-seen:leat\n",
                    "leat.dev/response-headers", "remove Server",
                    "leat.dev/mirror", "shop-00003=10%",
                    "leat.dev/duration-histogram", "true")))
        .hasSizeGreaterThan(4)
        .allSatisfy(policy -> assertThat(policy).isEqualTo(expected));
  }

  @Test
  void otherAnnotationsMakeNone() {
    assertThat(policies(Map.of("leat.dev/source", "a.yaml", "example.com/x", "y")))
        .isNotEmpty()
        .allSatisfy(policy -> assertThat(policy).isEqualTo(RoutePolicy.NONE));
  }
}

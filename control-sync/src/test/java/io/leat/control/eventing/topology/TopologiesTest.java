package io.leat.control.eventing.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The graph that resources of both faces stand for. */
final class TopologiesTest {

  private static EventGraph graph(String yaml) {
    ManifestSet set = ManifestReader.forUsers(Validation.standalone()).read("a.yaml", yaml);
    assertThat(set.problems()).isEmpty();
    List<Resource> resources = set.resources();
    return Topologies.of(resources);
  }

  private static List<String> codes(EventGraph graph) {
    return TopologyCheck.findings(graph).stream().map(Finding::code).toList();
  }

  @Test
  void bothFacesAndHostsOfChannelsBecomeNames() {
    EventGraph graph =
        graph(
            """
            apiVersion: eventing.knative.dev/v1alpha1
            kind: Channel
            metadata: {name: orders}
            spec:
              provisioner: {ref: {name: log}}
              delivery:
                deadLetterSink:
                  ref: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, name: dead}
            ---
            apiVersion: messaging.knative.dev/v1
            kind: InMemoryChannel
            metadata: {name: dead}
            ---
            apiVersion: eventing.knative.dev/v1alpha1
            kind: Channel
            metadata: {name: bills}
            spec: {provisioner: {ref: {name: log}}}
            ---
            apiVersion: eventing.knative.dev/v1alpha1
            kind: Subscription
            metadata:
              name: pick
              annotations: {eventing.knative.dev/role: router}
            spec:
              from: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: orders}
              call: {dnsName: picker}
              result:
                target: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: bills}
                routeMapping:
                - name: bad
                  target: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: bills}
            ---
            apiVersion: messaging.knative.dev/v1
            kind: Subscription
            metadata: {name: pay}
            spec:
              channel: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, name: dead}
              subscriber: {ref: {apiVersion: v1, kind: Service, name: payer}}
              reply: {uri: "http://bills-channel.default.svc.cluster.local"}
            ---
            apiVersion: eventing.knative.dev/v1alpha1
            kind: Source
            metadata: {name: tick}
            spec:
              provisioner: {ref: {name: interval}}
              arguments: {period: PT1S}
              channel: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: orders}
            """);
    assertThat(graph.channels())
        .containsOnly(
            Map.entry("default/orders", "default/dead"),
            Map.entry("default/dead", ""),
            Map.entry("default/bills", ""));
    assertThat(graph.subscriptions())
        .containsExactly(
            new GraphSubscription(
                "default/pick",
                "default/orders",
                "router",
                "http://picker.default",
                "default/bills",
                Map.of("bad", "default/bills"),
                "",
                false),
            new GraphSubscription(
                "default/pay",
                "default/dead",
                "transformer",
                "ref://Service/default/payer",
                "default/bills",
                Map.of(),
                "",
                false));
    assertThat(graph.sources()).containsExactly(new GraphSource("default/tick", "default/orders"));
    assertThat(codes(graph)).containsExactly("dead-end");
  }

  @Test
  void theRoleOfWhatIsCalledCountsAndGroupsOfTheChannelComplete() {
    String subscription =
        """
        apiVersion: eventing.knative.dev/v1alpha1
        kind: Channel
        metadata: {name: a}
        spec: {provisioner: {ref: {name: log}}}
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: all
          annotations: {eventing.knative.dev/role: aggregator}
        spec: {}
        ---
        apiVersion: eventing.knative.dev/v1alpha1
        kind: Subscription
        metadata:
          name: s
          annotations: {ANNOTATIONS}
        spec:
          from: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: a}
          call: {targetRef: {apiVersion: v1, kind: Service, name: all}}
        """;
    assertThat(codes(graph(subscription.replace("ANNOTATIONS", ""))))
        .containsExactly("aggregator-without-completion");
    assertThat(
            codes(
                graph(
                    subscription.replace(
                        "ANNOTATIONS", "eventing.knative.dev/aggregate-size: \"3\""))))
        .isEmpty();
  }
}

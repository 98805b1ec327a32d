package io.leat.bench.channels;

/** The resources of the runs; {@code SINK} stands for the port of the subscriber. */
final class Manifests {
  static final String PLAIN =
      """
      apiVersion: serving.knative.dev/v1
      kind: Revision
      metadata: {name: plain}
      spec: {}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: plain, labels: {serving.knative.dev/revision: plain}}
      addressType: IPv4
      endpoints: [{addresses: ["127.0.0.1"]}]
      ports: [{name: http1, port: SINK}]
      ---
      apiVersion: serving.knative.dev/v1
      kind: Route
      metadata: {name: plain}
      spec: {traffic: [{revisionName: plain, percent: 100}]}
      """;

  private Manifests() {}

  static String channel(String name, String arguments) {
    return """
    ---
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Channel
    metadata: {name: %s}
    spec: {provisioner: {ref: {name: log}}, arguments: {%s}}
    """
        .formatted(name, arguments);
  }

  static String subscription(String channel, int number) {
    return """
    ---
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Subscription
    metadata: {name: %s-%d}
    spec:
      from: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: %1$s}
      call: {dnsName: "http://127.0.0.1:SINK/"}
    """
        .formatted(channel, number);
  }
}

package io.leat.control.manifest.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limitation of the kinds of eventing and messaging, with the line that a user reads. */
final class EventingRulesTest {
  private static final String CHANNEL =
      "{apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: c}";
  private static final String FROM = "from: " + CHANNEL + "\n  ";
  private static final String LOG = "provisioner: {ref: {name: log}}\n  ";

  private static ManifestSet read(String yaml) {
    return ManifestReader.forUsers(Validation.standalone()).read("a.yaml", yaml);
  }

  private static String eventing(String kind, String spec) {
    return "apiVersion: eventing.knative.dev/v1alpha1\nkind: "
        + kind
        + "\nmetadata: {name: a}\nspec:\n  "
        + spec
        + "\n";
  }

  private static String annotated(String annotation) {
    return eventing("Subscription", FROM + "call: {dnsName: b}")
        .replace("{name: a}", "{name: a, annotations: {eventing.knative.dev/" + annotation + "}}");
  }

  private static String messaging(String kind, String spec) {
    return eventing(kind, spec)
        .replace("eventing.knative.dev/v1alpha1\nkind", "messaging.knative.dev/v1\nkind");
  }

  private static String set(String entry) {
    return eventing("ResolvedSubscriptionSet", "subscribers: [" + entry + "]")
        .replace(
            "eventing.knative.dev/v1alpha1\nkind", "eventing.internal.knative.dev/v1alpha1\nkind");
  }

  private static Arguments row(String yaml, String expected) {
    return Arguments.of(yaml, expected);
  }

  static Stream<Arguments> rows() {
    return Stream.of(sources(), channels(), subscriptions(), others(), messagings(), options())
        .flatMap(List::stream);
  }

  private static List<Arguments> sources() {
    return List.of(
        row(eventing("Source", "channel: " + CHANNEL), "spec.provisioner: is required"),
        row(eventing("Source", LOG), "spec.channel: is required"),
        row(
            eventing("Source", LOG + "channel: " + CHANNEL + "\n  target: " + CHANNEL),
            "spec.target: means the same as channel: give one of the two"),
        row(
            eventing("Source", LOG + "channel: " + CHANNEL.replace("Channel", "Service")),
            "spec.channel.kind: must be Channel (got \"Service\")"),
        row(
            eventing("Source", LOG + "arguments: [a]\n  channel: " + CHANNEL),
            "spec.arguments: must be a mapping (got a list)"),
        row(
            eventing(
                "Source", LOG + "channel: " + CHANNEL.replace("name: c", "name: c, namespace: x")),
            "spec.channel.namespace: must be the namespace of the resource, \"default\" (got"
                + " \"x\")"));
  }

  private static List<Arguments> channels() {
    return List.of(
        row(eventing("Channel", "arguments: {}"), "spec.provisioner: is required"),
        row(
            eventing("Channel", "provisioner: {}"),
            "spec.provisioner: must have one of ref and selector"),
        row(
            eventing("Channel", "provisioner: {ref: {name: log}, selector: {matchLabels: {a: b}}}"),
            "spec.provisioner: must have one of ref and selector, not both"),
        row(
            eventing("Channel", "provisioner: {selector: {}}"),
            "spec.provisioner.selector: must not be empty: it must match only one Provisioner"),
        row(
            eventing(
                "Channel",
                "provisioner: {selector: {matchExpressions: [{key: a, operator: Like}]}}"),
            "spec.provisioner.selector.matchExpressions[0].operator: must be In, NotIn, Exists or"
                + " DoesNotExist (got \"Like\")"),
        row(
            eventing("Channel", "provisioner: {ref: {name: log, kind: Source}}"),
            "spec.provisioner.ref.kind: must be Provisioner (got \"Source\")"),
        row(
            eventing("Channel", LOG + "eventTypes: [No Name]"),
            "spec.eventTypes[0]: must be the name of an EventType (got \"No Name\")"),
        row(
            eventing(
                "Channel",
                LOG + "channelable: {subscribers: [{role: juggler, callableDomain: a}]}"),
            "spec.channelable.subscribers[0].role: must be transformer, filter, router, splitter or"
                + " aggregator (got \"juggler\")"),
        row(
            eventing(
                "Channel",
                LOG + "channelable: {subscribers: [{callableDomain: a, routeMapping: {b: c}}]}"),
            "spec.channelable.subscribers[0].routeMapping: must be empty unless the role is"
                + " router"),
        row(
            eventing("Channel", LOG).replace("name: a}", "name: " + "a".repeat(56) + "}"),
            "metadata.name: must have at most 55 characters (got \"" + "a".repeat(56) + "\")"),
        row(
            eventing("Channel", LOG + "delivery: {retry: -1}"),
            "spec.delivery.retry: must be at least 0 (got -1)"),
        row(
            eventing("Channel", LOG + "delivery: {backoffPolicy: cubic}"),
            "spec.delivery.backoffPolicy: must be linear or exponential (got \"cubic\")"),
        row(
            eventing("Channel", LOG + "delivery: {timeout: PT0S}"),
            "spec.delivery.timeout: must be above 0 (got \"PT0S\")"),
        row(
            eventing("Channel", LOG + "delivery: {backoffDelay: soon}"),
            "spec.delivery.backoffDelay: must be a duration such as 30s, 1h2m or PT30S (got"
                + " \"soon\")"),
        row(
            eventing("Channel", LOG + "delivery: {format: xml}"),
            "spec.delivery.format: must be binary or json (got \"xml\")"),
        row(
            eventing("Channel", LOG + "delivery: {deadLetterSink: {}}"),
            "spec.delivery.deadLetterSink: must have ref or uri"),
        row(
            eventing("Channel", LOG + "delivery: {deadLetterSink: {uri: /a}}"),
            "spec.delivery.deadLetterSink.uri: must be an absolute http URL such as"
                + " http://host/path (got \"/a\")"));
  }

  private static List<Arguments> subscriptions() {
    String result = FROM + "result: ";
    return List.of(
        row(eventing("Subscription", "call: {dnsName: b}"), "spec.from: is required"),
        row(eventing("Subscription", FROM), "spec: must have at least one of call, result"),
        row(
            eventing(
                "Subscription",
                "from: {apiVersion: v1, kind: Channel, name: c}\n  call: {dnsName: b}"),
            "spec.from.apiVersion: must be eventing.knative.dev/v1alpha1 (got \"v1\")"),
        row(
            eventing("Subscription", FROM + "call: {}"),
            "spec.call: must have one of targetRef, dnsName"),
        row(
            eventing(
                "Subscription",
                FROM + "call: {dnsName: b, targetRef: {apiVersion: v1, kind: Service, name: b}}"),
            "spec.call: must have one of targetRef, dnsName, not both"),
        row(
            eventing("Subscription", FROM + "call: {dnsName: b, uri: c}"),
            "spec.call.uri: means the same as dnsName: give one of the two"),
        row(
            eventing("Subscription", FROM + "call: {dnsName: 'a b'}"),
            "spec.call.dnsName: must be a domain such as shop.default.svc.cluster.local, or an"
                + " absolute http URL (got \"a b\")"),
        row(
            eventing("Subscription", FROM + "call: {targetRef: {kind: Service, name: b}}"),
            "spec.call.targetRef.apiVersion: is required"),
        row(
            eventing("Subscription", result + CHANNEL.replace("Channel", "Source")),
            "spec.result.kind: must be Channel (got \"Source\")"),
        row(
            eventing("Subscription", result + "{}"),
            "spec.result: must have at least one of target, routeMapping"),
        row(
            eventing(
                "Subscription", result + CHANNEL.replace("name: c", "name: c, target: " + CHANNEL)),
            "spec.result: must be the reference of a Channel, or have target and routeMapping"),
        row(
            eventing(
                "Subscription", result + "{routeMapping: [{name: a, target: " + CHANNEL + "}]}"),
            "spec.result.routeMapping: needs spec.call: the router that names routes"),
        row(
            eventing(
                "Subscription",
                FROM
                    + "call: {dnsName: b}\n  result: {routeMapping: [{name: a, target: "
                    + CHANNEL
                    + "}, {name: a, target: "
                    + CHANNEL
                    + "}]}"),
            "spec.result.routeMapping[1].name: must be unique (got \"a\")"),
        row(
            eventing(
                "Subscription",
                FROM
                    + "call: {dnsName: b}\n"
                    + "  result: {routeMapping: [{name: a, target: {kind: X}}]}"),
            "spec.result.routeMapping[0].target.apiVersion: is required"));
  }

  private static List<Arguments> others() {
    return List.of(
        row(eventing("Provisioner", "parameters: {}"), "spec.type: is required"),
        row(
            eventing("Provisioner", "type: {kind: Subscription}"),
            "spec.type.kind: must be Source or Channel (got \"Subscription\")"),
        row(
            eventing("Provisioner", "type: {group: x.org, kind: Source}"),
            "spec.type.group: must be eventing.knative.dev (got \"x.org\")"),
        row(
            eventing("EventType", "jsonSchema: '{'"),
            "spec.jsonSchema: must be JSON: Unexpected end-of-input: expected close marker for"
                + " Object (start marker at [Source: REDACTED"
                + " (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column:"
                + " 1])"),
        row(
            eventing("EventType", "jsonSchema: '[]'"),
            "spec.jsonSchema: must be a JSON Schema: an object, true or false"),
        row(
            eventing("ResolvedSubscriptionSet", "{}")
                .replace(
                    "eventing.knative.dev/v1alpha1\nkind",
                    "eventing.internal.knative.dev/v1alpha1\nkind"),
            "spec.subscribers: is required"),
        row(
            set("{role: filter}"),
            "spec.subscribers[0]: must have at least one of callableDomain, sinkableDomain"),
        row(
            set("{ref: {uid: u}, callableDomain: a}, {ref: {uid: u}, callableDomain: a}"),
            "spec.subscribers[1].ref.uid: must be unique (got \"u\")"));
  }

  private static List<Arguments> messagings() {
    String channel = "channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: c}\n  ";
    return List.of(
        row(messaging("Subscription", channel), "spec.subscriber: is required"),
        row(
            messaging("Subscription", "subscriber: {uri: 'http://a.org'}"),
            "spec.channel: is required"),
        row(
            messaging("Subscription", channel + "subscriber: {uri: 'ftp://a.org'}"),
            "spec.subscriber.uri: must be an absolute http URL such as http://host/path (got"
                + " \"ftp://a.org\")"),
        row(
            messaging(
                "Subscription",
                channel.replace("Channel", "Broker") + "subscriber: {uri: 'http://a.org'}"),
            "spec.channel.kind: must be Channel or InMemoryChannel (got \"Broker\")"),
        row(
            messaging("Channel", "channelTemplate: {apiVersion: a/v1, kind: Carrier}"),
            "spec.channelTemplate.kind: must be InMemoryChannel or KafkaChannel (got"
                + " \"Carrier\")"));
  }

  private static List<Arguments> options() {
    String path = "metadata.annotations[eventing.knative.dev/";
    return List.of(
        row(
            annotated("role: juggler"),
            path
                + "role]: must be transformer, filter, router, splitter or aggregator (got"
                + " \"juggler\")"),
        row(
            annotated("router-input: data"),
            path + "router-input]: must be attributes or event (got \"data\")"),
        row(
            annotated("split-path: items"),
            path + "split-path]: must be a path such as $.items (got \"items\")"),
        row(
            annotated("aggregate-size: '0'"),
            path + "aggregate-size]: must be a number of 1 to 1000000, or split (got \"0\")"),
        row(
            annotated("aggregate-by: order"),
            "metadata.annotations: must say with eventing.knative.dev/aggregate-size, -timeout or"
                + " -until when a group is whole"),
        row(annotated("paused: maybe"), path + "paused]: must be true or false (got \"maybe\")"),
        row(
            annotated("start-at: yesterday"),
            path
                + "start-at]: must be beginning, end, an offset or a time such as"
                + " 2026-01-31T12:00:00Z (got \"yesterday\")"),
        row(
            annotated("start-at: '-1'"),
            path
                + "start-at]: must be beginning, end, an offset or a time such as"
                + " 2026-01-31T12:00:00Z (got \"-1\")"),
        row(annotated("ordered: maybe"), path + "ordered]: must be true or false (got \"maybe\")"),
        row(
            annotated("parallelism: '0'"),
            path + "parallelism]: must be a number of 1 to 10000 (got \"0\")"),
        row(annotated("backlog: keep"), path + "backlog]: must be drain or drop (got \"keep\")"),
        row(
            annotated("paralelism: '2'"),
            path
                + "paralelism]: unknown annotation \"eventing.knative.dev/paralelism\", did you"
                + " mean \"eventing.knative.dev/parallelism\"?"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void says(String yaml, String expected) {
    List<String> lines = read(yaml).problems().stream().map(Problem::toString).toList();
    assertThat(lines)
        .anySatisfy(line -> assertThat(line).matches("a\\.yaml:\\d+:\\d+ .*").endsWith(expected));
  }

  private static List<String> change(String before, String after) {
    Resource old = read(before).resources().getFirst();
    Resource now = read(after).resources().getFirst();
    return Validation.standalone().changeFindings(old, now).stream()
        .map(Finding::toString)
        .toList();
  }

  @Test
  void whatIsImmutableStays() {
    String channel = eventing("Channel", LOG);
    assertThat(change(channel, channel.replace("log", "memory")))
        .containsExactly("spec.provisioner: is immutable");
    String source = eventing("Source", LOG + "channel: " + CHANNEL);
    assertThat(change(source, source.replace("log", "memory")))
        .containsExactly("spec.provisioner: is immutable");
    assertThat(change(source, source.replace("name: c", "name: d"))).isEmpty();
    String subscription = eventing("Subscription", FROM + "call: {dnsName: b}");
    assertThat(change(subscription, subscription.replace("name: c", "name: d")))
        .containsExactly(
            "spec.from: is immutable: delete the Subscription and create it anew to drain or drop");
    assertThat(change(subscription, subscription.replace("name: c", "name: c, namespace: default")))
        .isEmpty();
    String templated =
        messaging("Channel", "channelTemplate: {apiVersion: a/v1, kind: InMemoryChannel}");
    assertThat(change(templated, templated.replace("InMemory", "Kafka")))
        .containsExactly("spec.channelTemplate: is immutable");
    String reader =
        messaging(
            "Subscription",
            "channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: c}\n"
                + "  subscriber: {uri: 'http://a.org'}");
    assertThat(change(reader, reader.replace("name: c", "name: d")))
        .containsExactly(
            "spec.channel: is immutable: delete the Subscription and create it anew to drain or"
                + " drop");
  }
}

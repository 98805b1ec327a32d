package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.subscription;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Channels of both faces whose resources an API server holds: what users see there by kubectl, and
 * what subscribers get. The server may be any.
 */
final class EventingScenario implements AutoCloseable {
  private static final String ORDERS = ChannelManifests.host("orders");
  private static final String NOTES = ChannelManifests.host("notes");

  /** A Provisioner of one's own, and the second face. */
  private static final String OTHERS =
      """
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Provisioner
      metadata:
        name: safe
        annotations:
          eventing.knative.dev/back-end: log
          eventing.knative.dev/event-types: order
      spec:
        type: {kind: Channel}
        parameters: {type: object, properties: {maxBytes: {type: string, default: 1Mi}}}
      ---
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Channel
      metadata: {name: safe}
      spec:
        provisioner: {ref: {name: safe}}
        eventTypes: [order]
      ---
      apiVersion: messaging.knative.dev/v1
      kind: Channel
      metadata: {name: notes}
      spec: {}
      ---
      apiVersion: messaging.knative.dev/v1
      kind: InMemoryChannel
      metadata: {name: brief}
      spec: {}
      ---
      apiVersion: messaging.knative.dev/v1
      kind: Subscription
      metadata: {name: reader}
      spec:
        channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: notes}
        subscriber: {uri: "$READER"}
      ---
      """;

  private final Path dir;
  private final Kubectl kubectl;
  private final EventReceiver receiver = new EventReceiver();

  EventingScenario(Path dir, Kubectl kubectl) {
    this.dir = dir;
    this.kubectl = kubectl;
  }

  static ConditionFactory soon() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  EventReceiver receiver() {
    return receiver;
  }

  void apply(String yaml) {
    try {
      Path file = Files.writeString(dir.resolve("eventing.yaml"), yaml);
      kubectl.ok("apply", "-f", file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void ready(String... resources) {
    for (String resource : resources) {
      kubectl.ok("wait", "--for=condition=Ready", "--timeout=50s", resource);
    }
  }

  private String field(String resource, String path) {
    return kubectl.ok("get", resource, "-o", "jsonpath={" + path + "}");
  }

  /** Orders that are billed; bills are paid. */
  String orders() {
    receiver.on(
        "bill",
        order ->
            new EventReceiver.Reply(
                200,
                Map.of(
                    "ce-specversion", "1.0",
                    "ce-id", "bill-" + order.id(),
                    "ce-source", "/bills",
                    "ce-type", "bill"),
                "paid".getBytes(UTF_8)));
    return ChannelManifests.channel("orders")
        + ChannelManifests.channel("bills")
        + subscription("billing", "orders").call(receiver.url("bill")).result("bills")
        + subscription("payer", "bills").call(receiver.url("pay"));
  }

  /** Sends an event and asserts that it is kept. */
  void send(LeatProcess leat, String host, String id) throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      KeepAliveClient.Answer answer = client.event(host, id, id.getBytes(UTF_8));
      assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    }
  }

  void order(LeatProcess leat, String id) throws IOException {
    send(leat, ORDERS, id);
  }

  KeepAliveClient.Answer tryOrder(LeatProcess leat, String id) throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      return client.event(ORDERS, id, new byte[0]);
    }
  }

  void paid(String id) {
    soon().until(() -> receiver.ids("pay").contains("bill-" + id));
  }

  /** All kinds, applied by kubectl: ready, delivering, and told in status. */
  void everyKindIsServed(LeatProcess leat) throws IOException {
    apply(orders() + OTHERS.replace("$READER", receiver.url("read")));
    ready(
        "channels.eventing.knative.dev/orders",
        "channels.eventing.knative.dev/bills",
        "channels.eventing.knative.dev/safe",
        "provisioners.eventing.knative.dev/safe",
        "subscriptions.eventing.knative.dev/billing",
        "subscriptions.eventing.knative.dev/payer",
        "channels.messaging.knative.dev/notes",
        "inmemorychannels.messaging.knative.dev/brief",
        "subscriptions.messaging.knative.dev/reader");
    order(leat, "first");
    paid("first");
    send(leat, NOTES, "note");
    soon().until(() -> receiver.ids("read").contains("note"));
    assertThat(field("channels.eventing.knative.dev/orders", ".status.url"))
        .startsWith("http://" + ORDERS);
    String set = field("channels.eventing.knative.dev/orders", ".status.subscriptions.name");
    assertThat(
            field(
                "resolvedsubscriptionsets.eventing.internal.knative.dev/" + set,
                ".spec.subscribers"))
        .contains(receiver.url("bill"), "\"name\":\"billing\"");
    assertThat(field("channels.messaging.knative.dev/notes", ".spec.subscribers"))
        .contains(receiver.url("read"));
    assertThat(field("eventtypes.eventing.knative.dev/order", ".status.referenceCount"))
        .isEqualTo("1");
    assertThat(field("channels.eventing.knative.dev/safe", ".metadata.ownerReferences[0].kind"))
        .isEqualTo("Provisioner");
    soon()
        .until(() ->
            field(
                    "subscriptions.eventing.knative.dev/billing",
                    ".status.conditions[?(@.type==\"CallActive\")].status")
                .equals("True"));
  }

  /** A Source that ticks into the orders. */
  void sourcesRun() {
    apply(ChannelManifests.interval("clock", "orders", "PT0.2S", "tick"));
    ready("sources.eventing.knative.dev/clock");
    int before = ticks();
    soon().until(() -> ticks() >= before + 3);
    kubectl.ok("delete", "sources.eventing.knative.dev/clock", "--timeout=30s");
  }

  /** How many orders came that the Source made. */
  int ticks() {
    return (int)
        receiver.got("bill").stream()
            .filter(got -> new String(got.body(), UTF_8).equals("\"tick\""))
            .count();
  }

  /** A Subscription that comes later gets what is sent from then on, and ends when deleted. */
  void subscriptionsComeAndGo(LeatProcess leat, String name) throws IOException {
    apply(subscription(name, "orders").call(receiver.url(name)).toString());
    ready("subscriptions.eventing.knative.dev/" + name);
    order(leat, "for-" + name);
    soon().until(() -> receiver.ids(name).contains("for-" + name));
    kubectl.ok("delete", "subscriptions.eventing.knative.dev/" + name, "--timeout=50s");
    order(leat, "after-" + name);
    paid("after-" + name);
    assertThat(receiver.ids(name)).containsExactly("for-" + name);
  }

  @Override
  public void close() {
    receiver.close();
  }
}

package io.leat.control.eventing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.World;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.reconcile.ChannelsObserved.Calls;
import io.leat.control.resource.EventingSpec.ChannelSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.References;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy.Backoff;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.SubscriptionRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What becomes of Channels and Subscriptions of both faces, step by step. */
final class ChannelStoriesTest {
  private static final ChannelId ORDERS = new ChannelId("default", "orders");

  static final String CHANNELS =
      """
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Channel
      metadata: {name: orders}
      spec: {provisioner: {ref: {name: log}}}
      ---
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Channel
      metadata: {name: bills}
      spec: {provisioner: {ref: {name: memory}}, arguments: {maxBytes: 1Mi, maxAge: 1h}}
      """;

  private static final String SUBSCRIPTION =
      """
      ---
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Subscription
      metadata: {name: billing}
      spec:
        from: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: orders}
        call: {dnsName: biller}
        result: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: bills}
      """;

  private final EventingWorld eventing = new EventingWorld();
  private final World world = eventing.world;

  private String condition(String name, String type) {
    return world.condition(Kind.SUBSCRIPTION, name, type);
  }

  @Test
  void aChannelIsProvisionedAndLeadsToTheTable() {
    eventing.apply(CHANNELS);
    assertThat(world.condition(Kind.CHANNEL, "orders", "Ready")).isEqualTo("True/");
    Resource orders = world.get(Kind.CHANNEL, "orders");
    assertThat(orders.status().url()).isEqualTo("http://orders.default.channels.localhost:8080");
    assertThat(ResourceJson.tree(orders).at("/status/sinkable/domainInternal").asText())
        .isEqualTo("orders-channel.default.svc.cluster.local");
    assertThat(ResourceJson.tree(orders).at("/status/subscriptions/kind").asText())
        .isEqualTo("ResolvedSubscriptionSet");
    assertThat(References.controls(orders, world.get(Kind.SUBSCRIPTION_SET, "orders"))).isTrue();
    for (String host :
        List.of(
            "orders.default.channels.localhost",
            "orders.default.channels.cluster.local",
            "orders-channel.default.svc.cluster.local")) {
      assertThat(Objects.requireNonNull(world.proxy().host(host)).entries().getFirst().action())
          .isEqualTo(new RouteAction.FanOut(ORDERS));
    }
    assertThat(eventing.channel("bills").storage().maxBytes()).isEqualTo(1 << 20);
    assertThat(eventing.channel("bills").storage().maxAge()).isEqualTo(Duration.ofHours(1));
    assertThat(eventing.channel("bills").storage().provisioner()).isEqualTo("memory");
  }

  @Test
  void aSubscriptionIsResolvedThenWrittenThenAcknowledged() {
    assertThat(world.apply(EventingWorld.read(CHANNELS + SUBSCRIPTION).toArray(Resource[]::new)))
        .isEmpty();
    assertThat(condition("billing", "Resolved")).isEqualTo("True/");
    assertThat(condition("billing", "FromReady")).isEqualTo("Unknown/NotAcknowledged");
    assertThat(condition("billing", "Ready")).isEqualTo("Unknown/NotAcknowledged");
    eventing.settle();
    assertThat(condition("billing", "FromReady")).isEqualTo("True/");
    assertThat(condition("billing", "Ready")).isEqualTo("True/");
    assertThat(condition("billing", "CallActive")).isEqualTo("Unknown/NothingDelivered");
    ChannelSubscriber subscriber = eventing.channel("orders").subscribers().getFirst();
    assertThat(subscriber.call()).isEqualTo("http://biller.default.svc.cluster.local/");
    assertThat(subscriber.reply()).isEqualTo("http://bills-channel.default.svc.cluster.local/");
    assertThat(subscriber.role()).isEqualTo(SubscriptionRole.TRANSFORMER);
    assertThat(subscriber.uid())
        .isEqualTo(world.get(Kind.SUBSCRIPTION, "billing").metadata().uid());
  }

  @Test
  void theSetIsMirroredAndItsMirrorIsNoWish() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    Resource orders = world.get(Kind.CHANNEL, "orders");
    assertThat(Objects.requireNonNull(((ChannelSpec) orders.spec()).channelable()).subscribers())
        .isEqualTo(eventing.set("orders").subscribers())
        .hasSize(1);
    assertThat(orders.metadata().generation()).isEqualTo(1);
    long version = orders.metadata().resourceVersion();
    eventing.apply(CHANNELS + SUBSCRIPTION);
    assertThat(world.get(Kind.CHANNEL, "orders").metadata().resourceVersion()).isEqualTo(version);
    world.write(
        new Resource(
            orders.kind(),
            orders.metadata(),
            ((ChannelSpec) orders.spec()).withChannelable(null),
            orders.status()));
    eventing.settle();
    assertThat(((ChannelSpec) world.get(Kind.CHANNEL, "orders").spec()).channelable()).isNotNull();
  }

  @Test
  void aChangeIsReadyOnlyOnceItsGenerationIsAcknowledged() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    String changed = CHANNELS + SUBSCRIPTION.replace("biller", "biller2.example.org");
    assertThat(world.apply(EventingWorld.read(changed).toArray(Resource[]::new))).isEmpty();
    assertThat(condition("billing", "Ready")).isEqualTo("Unknown/NotAcknowledged");
    eventing.settle();
    assertThat(condition("billing", "Ready")).isEqualTo("True/");
    assertThat(eventing.channel("orders").subscribers().getFirst().generation()).isEqualTo(2);
    assertThat(eventing.channel("orders").subscribers().getFirst().call())
        .isEqualTo("http://biller2.example.org/");
  }

  @Test
  void anEntryStaysAsItWasWhenItsSubscriptionDoesNotResolveAnyMore() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    eventing.apply(CHANNELS.substring(0, CHANNELS.indexOf("---")) + SUBSCRIPTION);
    assertThat(condition("billing", "Resolved")).isEqualTo("False/ResultNotFound");
    assertThat(condition("billing", "Ready")).isEqualTo("False/ResultNotFound");
    assertThat(eventing.channel("orders").subscribers()).hasSize(1);
  }

  @Test
  void aDeletedSubscriptionGoesWhenTheDataPlaneIsDoneWithIt() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    String uid = world.get(Kind.SUBSCRIPTION, "billing").metadata().uid();
    eventing.channels.drain(uid, true);
    eventing.apply(CHANNELS);
    assertThat(eventing.channel("orders").subscribers()).isEmpty();
    assertThat(eventing.set("orders").subscribers()).isEmpty();
    Resource leaving = world.get(Kind.SUBSCRIPTION, "billing");
    assertThat(leaving.metadata().isDeleting()).isTrue();
    assertThat(leaving.metadata().finalizers()).containsExactly(SubscriptionReconciler.FINALIZER);
    eventing.channels.drain(uid, false);
    eventing.settle();
    assertThat(world.has(Kind.SUBSCRIPTION, "billing")).isFalse();
  }

  @Test
  void aSubscriptionWithoutItsChannelGoesAtOnce() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    eventing.apply(SUBSCRIPTION);
    assertThat(condition("billing", "Resolved")).isEqualTo("False/FromNotFound");
    assertThat(condition("billing", "FromReady")).isEqualTo("Unknown/FromNotFound");
    assertThat(world.has(Kind.SUBSCRIPTION_SET, "orders")).isFalse();
    eventing.apply("");
    assertThat(world.has(Kind.SUBSCRIPTION, "billing")).isFalse();
  }

  @Test
  void callActiveFollowsTheDataPlaneAndIsWrittenSeldom() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    String uid = world.get(Kind.SUBSCRIPTION, "billing").metadata().uid();
    eventing.channels.calls(ORDERS, uid, new Calls(Calls.State.ACTIVE, "", ""));
    world.settle();
    assertThat(condition("billing", "CallActive")).isEqualTo("True/");
    eventing.channels.calls(ORDERS, uid, new Calls(Calls.State.FAILING, "503", "overloaded"));
    world.settle();
    assertThat(condition("billing", "CallActive")).isEqualTo("True/");
    world.pass(Duration.ofSeconds(10));
    assertThat(condition("billing", "CallActive")).isEqualTo("False/503");
    assertThat(condition("billing", "Ready")).isEqualTo("True/");
    long version = world.get(Kind.SUBSCRIPTION, "billing").metadata().resourceVersion();
    for (int i = 0; i < 100; i++) {
      String reason = Integer.toString(500 + i);
      eventing.channels.calls(ORDERS, uid, new Calls(Calls.State.FAILING, reason, ""));
      world.pass(Duration.ofMillis(100));
    }
    assertThat(world.get(Kind.SUBSCRIPTION, "billing").metadata().resourceVersion())
        .isEqualTo(version);
    eventing.channels.calls(ORDERS, uid, new Calls(Calls.State.ACTIVE, "", ""));
    world.pass(Duration.ofSeconds(11));
    assertThat(condition("billing", "CallActive")).isEqualTo("True/");
  }

  @Test
  void storageThatFailsIsSeenOnTheChannel() {
    eventing.apply(CHANNELS);
    eventing.channels.fail(ORDERS, "fsync failed");
    world.settle();
    assertThat(world.condition(Kind.CHANNEL, "orders", "Ready")).isEqualTo("False/StorageFailed");
  }

  @Test
  void theRoleIsThatOfTheTargetUnlessTheSubscriptionSaysIt() {
    String service =
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: chooser, annotations: {eventing.knative.dev/role: router}}
        """;
    String routed =
        SUBSCRIPTION
            .replace(
                "{dnsName: biller}", "{targetRef: {apiVersion: v1, kind: Service, name: chooser}}")
            .replace(
                "result: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: bills}",
                "result: {routeMapping: [{name: a, target: {apiVersion:"
                    + " eventing.knative.dev/v1alpha1, kind: Channel, name: bills}}]}");
    eventing.apply(CHANNELS + service + routed);
    ChannelSubscriber subscriber = eventing.channel("orders").subscribers().getFirst();
    assertThat(subscriber.role()).isEqualTo(SubscriptionRole.ROUTER);
    assertThat(subscriber.call()).isEqualTo("http://chooser.default.svc.cluster.local/");
    assertThat(subscriber.routes())
        .isEqualTo(Map.of("a", "http://bills-channel.default.svc.cluster.local/"));
    eventing.apply(CHANNELS + service.replace("router", "filter") + routed);
    assertThat(condition("billing", "Resolved")).isEqualTo("False/RouteMappingNotAllowed");
    eventing.apply(CHANNELS + service.replace("router", "juggler") + routed);
    assertThat(condition("billing", "Resolved")).isEqualTo("False/InvalidRole");
    String own =
        routed.replace(
            "name: billing", "name: billing, annotations: {eventing.knative.dev/role: router}");
    eventing.apply(CHANNELS + service.replace("router", "filter") + own);
    assertThat(condition("billing", "Resolved")).isEqualTo("True/");
    String misplaced =
        SUBSCRIPTION.replace(
            "name: billing", "name: billing, annotations: {eventing.knative.dev/split-path: $.a}");
    eventing.apply(CHANNELS + misplaced);
    assertThat(condition("billing", "Resolved")).isEqualTo("False/OptionNotAllowed");
  }

  @Test
  void theDeliveryOfASubscriptionReplacesThatOfTheChannel() {
    String channel =
        CHANNELS.replace(
            "spec: {provisioner: {ref: {name: log}}}",
            "spec: {provisioner: {ref: {name: log}}, delivery: {retry: 3, backoffPolicy: linear,"
                + " backoffDelay: PT1S, deadLetterSink: {uri: 'http://dead.example.org/x'}}}");
    eventing.apply(channel + SUBSCRIPTION);
    ChannelSubscriber subscriber = eventing.channel("orders").subscribers().getFirst();
    assertThat(subscriber.delivery().retries()).isEqualTo(3);
    assertThat(subscriber.delivery().backoff()).isEqualTo(Backoff.LINEAR);
    assertThat(subscriber.delivery().deadLetter()).isEqualTo("http://dead.example.org/x");
    String own =
        SUBSCRIPTION.replace(
            "  call:",
            "  delivery: {retry: 7, deadLetterSink: {ref: {apiVersion:"
                + " eventing.knative.dev/v1alpha1, kind: Channel, name: bills}}}\n  call:");
    eventing.apply(channel + own);
    subscriber = eventing.channel("orders").subscribers().getFirst();
    assertThat(subscriber.delivery().retries()).isEqualTo(7);
    assertThat(subscriber.delivery().delay()).isZero();
    assertThat(subscriber.delivery().deadLetter())
        .isEqualTo("http://bills-channel.default.svc.cluster.local/");
  }

  @Test
  void optionsReachTheDataPlane() {
    String options =
        SUBSCRIPTION.replace(
            "metadata: {name: billing}",
            "metadata: {name: billing, annotations: {eventing.knative.dev/role: aggregator,"
                + " eventing.knative.dev/aggregate-size: split,"
                + " eventing.knative.dev/aggregate-timeout: PT5S,"
                + " eventing.knative.dev/ordered: 'true', eventing.knative.dev/parallelism: '3',"
                + " eventing.knative.dev/backlog: drop}}");
    eventing.apply(CHANNELS + options);
    ChannelSubscriber subscriber = eventing.channel("orders").subscribers().getFirst();
    assertThat(Objects.requireNonNull(subscriber.aggregate()).size()).isEqualTo(-1);
    assertThat(subscriber.aggregate().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(subscriber.delivery().ordered()).isTrue();
    assertThat(subscriber.delivery().parallelism()).isEqualTo(3);
    assertThat(subscriber.drains()).isFalse();
  }

  @Test
  void argumentsAndProvisionersAreJudged() {
    eventing.apply(CHANNELS.replace("maxAge: 1h", "maxAge: soon"));
    assertThat(world.condition(Kind.CHANNEL, "bills", "Ready")).isEqualTo("False/ArgumentsInvalid");
    assertThat(world.proxy().channel(new ChannelId("default", "bills"))).isNull();
    eventing.apply(CHANNELS.replace("maxAge: 1h", "maxAgee: 1h"));
    assertThat(world.condition(Kind.CHANNEL, "bills", "Provisioned"))
        .isEqualTo("False/ArgumentsInvalid");
    for (String unable : List.of("memory", "kafka", "log")) {
      String breach = "arguments: {breach: dead-letter";
      EventingWorld one = new EventingWorld();
      one.apply(
          CHANNELS.replace(
              "{name: memory}}, arguments: {maxBytes: 1Mi, maxAge: 1h}}",
              "{name: "
                  + unable
                  + "}}, "
                  + breach
                  + (unable.equals("log") ? ", durability: memory}}" : "}}")));
      assertThat(one.world.condition(Kind.CHANNEL, "bills", "Provisioned"))
          .as(unable)
          .isEqualTo("False/ArgumentsInvalid");
    }
    for (String unable :
        List.of(
            "kafka}}, arguments: {dedupWindow: 10m}",
            "kafka}}, arguments: {dedupEvents: 10}",
            "log}}, arguments: {dedupEvents: 10}",
            "log}}, arguments: {dedupWindow: soon}",
            "log}}, arguments: {dedupWindow: 0s}",
            "log}}, arguments: {dedupWindow: 1h, dedupEvents: 0}",
            "memory}}, arguments: {dedupWindow: 1h, dedupEvents: 1000001}")) {
      EventingWorld one = new EventingWorld();
      one.apply(
          CHANNELS.replace("memory}}, arguments: {maxBytes: 1Mi, maxAge: 1h}}", unable + "}"));
      assertThat(one.world.condition(Kind.CHANNEL, "bills", "Provisioned"))
          .as(unable)
          .isEqualTo("False/ArgumentsInvalid");
      assertThat(one.world.proxy().channel(new ChannelId("default", "bills"))).isNull();
    }
    EventingWorld other = new EventingWorld();
    other.apply(CHANNELS.replace("memory", "interval"));
    assertThat(other.world.condition(Kind.CHANNEL, "bills", "Ready"))
        .isEqualTo("False/ProvisionerTypeMismatch");
  }

  @Test
  void aChannelStatesItsWindowOfDuplicates() {
    eventing.apply(CHANNELS);
    ChannelId bills = new ChannelId("default", "bills");
    assertThat(storage(world, bills).dedup()).isNull();
    for (String backEnd : List.of("memory", "log")) {
      EventingWorld one = new EventingWorld();
      String made = backEnd + "}}, arguments: {dedupWindow: 10m";
      String usual = CHANNELS.replace("memory}}, arguments: {maxBytes: 1Mi, maxAge: 1h", made);
      one.apply(usual);
      assertThat(storage(one.world, bills).dedup())
          .isEqualTo(new ChannelStorage.Dedup(Duration.ofMinutes(10), 100_000));
      EventingWorld two = new EventingWorld();
      two.apply(usual.replace("10m", "PT1H, dedupEvents: 1000000"));
      assertThat(storage(two.world, bills).dedup())
          .isEqualTo(new ChannelStorage.Dedup(Duration.ofHours(1), 1_000_000));
    }
  }

  private static ChannelStorage storage(World world, ChannelId id) {
    return Objects.requireNonNull(world.proxy().channel(id)).storage();
  }

  @Test
  void aProvisionerOfOnesOwnOwnsItsChannelsAndItsEventTypes() {
    String own =
        """
        apiVersion: eventing.knative.dev/v1alpha1
        kind: Provisioner
        metadata:
          name: fast
          labels: {tier: fast}
          annotations:
            eventing.knative.dev/back-end: log
            eventing.knative.dev/event-types: com.example.order, com.example.bill
        spec:
          type: {group: eventing.knative.dev, kind: Channel}
          parameters: {type: object, properties: {durability: {type: string, default: os}}}
        ---
        apiVersion: eventing.knative.dev/v1alpha1
        kind: Channel
        metadata: {name: orders}
        spec:
          provisioner: {selector: {matchLabels: {tier: fast}}}
          eventTypes: [com.example.order]
        """;
    eventing.apply(own);
    assertThat(world.condition(Kind.PROVISIONER, "fast", "Ready")).isEqualTo("True/");
    assertThat(eventing.channel("orders").storage().durability().name()).isEqualTo("OS");
    String uid = world.get(Kind.PROVISIONER, "fast").metadata().uid();
    assertThat(world.get(Kind.CHANNEL, "orders").metadata().ownerReferences())
        .containsExactly(
            new Metadata.OwnerReference(
                "eventing.knative.dev/v1alpha1", "Provisioner", "fast", uid, false));
    Resource type = world.get(Kind.EVENT_TYPE, "com.example.order");
    assertThat(type.status().ofEventing().referenceCount()).isEqualTo(1);
    assertThat(world.condition(Kind.CHANNEL, "orders", "EventTypesResolved")).isEqualTo("True/");
    var _ = world.store().delete(type.key(), 0);
    eventing.settle();
    assertThat(world.get(Kind.EVENT_TYPE, "com.example.order").metadata().isDeleting()).isTrue();
    eventing.apply(own.replace("com.example.order, ", ""));
    assertThat(world.has(Kind.EVENT_TYPE, "com.example.order")).isFalse();
    assertThat(world.condition(Kind.CHANNEL, "orders", "EventTypesResolved"))
        .isEqualTo("False/EventTypeNotFound");
    eventing.apply("");
    assertThat(
            world.get(Kind.EVENT_TYPE, "com.example.bill").status().ofEventing().referenceCount())
        .isEqualTo(0);
  }

  @Test
  void anEventTypeOfTwoProvisionersGoesWhenBothLetItGo() {
    String one =
        """
        apiVersion: eventing.knative.dev/v1alpha1
        kind: Provisioner
        metadata:
          name: one
          annotations:
            eventing.knative.dev/back-end: log
            eventing.knative.dev/event-types: com.example.order
        spec: {type: {group: eventing.knative.dev, kind: Channel}}
        """;
    String two = "---\n" + one.replace("name: one", "name: two");
    eventing.apply(one + two);
    Resource type = world.get(Kind.EVENT_TYPE, "com.example.order");
    assertThat(type.status().ofEventing().referenceCount()).isEqualTo(2);
    assertThat(type.metadata().ownerReferences())
        .extracting(Metadata.OwnerReference::name)
        .containsExactlyInAnyOrder("one", "two");
    var _ = world.store().delete(type.key(), 0);
    eventing.settle();
    assertThat(world.get(Kind.EVENT_TYPE, "com.example.order").metadata().isDeleting()).isTrue();
    eventing.apply(one.replace("com.example.order", "") + two);
    Resource left = world.get(Kind.EVENT_TYPE, "com.example.order");
    assertThat(left.metadata().isDeleting()).isTrue();
    assertThat(left.status().ofEventing().referenceCount()).isEqualTo(1);
    eventing.apply(one.replace("com.example.order", "") + two.replace("com.example.order", ""));
    assertThat(world.has(Kind.EVENT_TYPE, "com.example.order")).isFalse();
  }

  @Test
  void pausingIsAnOptionOfASubscription() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    assertThat(eventing.channel("orders").subscribers().getFirst().paused()).isFalse();
    eventing.apply(
        CHANNELS
            + SUBSCRIPTION.replace(
                "metadata: {name: billing}",
                "metadata: {name: billing, annotations: {eventing.knative.dev/paused: 'true'}}"));
    assertThat(eventing.channel("orders").subscribers().getFirst().paused()).isTrue();
    assertThat(condition("billing", "Ready")).isEqualTo("True/");
  }

  @Test
  void whereItStartsIsAnOptionOfASubscription() {
    eventing.apply(CHANNELS + SUBSCRIPTION);
    assertThat(eventing.channel("orders").subscribers().getFirst().startAt()).isEqualTo("end");
    for (String start : List.of("beginning", "17", "2026-01-31T12:00:00Z")) {
      EventingWorld one = new EventingWorld();
      one.apply(
          CHANNELS
              + SUBSCRIPTION.replace(
                  "{name: billing}",
                  "{name: billing, annotations: {eventing.knative.dev/start-at: '"
                      + start
                      + "'}}"));
      assertThat(one.channel("orders").subscribers().getFirst().startAt()).isEqualTo(start);
    }
  }

  @Test
  void aSourceRunsOnceItsChannelIsReady() {
    String source =
        """
        ---
        apiVersion: eventing.knative.dev/v1alpha1
        kind: Source
        metadata: {name: ticks}
        spec:
          provisioner: {ref: {name: interval}}
          arguments: {period: 1s}
          channel: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: orders}
        """;
    ResourceKey key = new ResourceKey(Kind.SOURCE, "default", "ticks");
    eventing.apply(source);
    assertThat(world.condition(Kind.SOURCE, "ticks", "Ready")).isEqualTo("Unknown/ChannelNotReady");
    assertThat(eventing.sources.runs).isEmpty();
    eventing.apply(CHANNELS + source);
    assertThat(world.condition(Kind.SOURCE, "ticks", "Ready")).isEqualTo("True/");
    assertThat(Objects.requireNonNull(eventing.sources.runs.get(key)).arguments())
        .isEqualTo("{\"period\":\"1s\"}");
    assertThat(eventing.sources.runs.get(key).channelUrl())
        .isEqualTo("http://orders-channel.default.svc.cluster.local");
    eventing.apply(CHANNELS);
    assertThat(eventing.sources.runs).isEmpty();
  }

  @Test
  void manifestsOfMessagingReconcile() {
    eventing.apply(
        """
        apiVersion: messaging.knative.dev/v1
        kind: InMemoryChannel
        metadata: {name: news}
        ---
        apiVersion: messaging.knative.dev/v1
        kind: Channel
        metadata: {name: mails}
        spec:
          channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel}
        ---
        apiVersion: messaging.knative.dev/v1
        kind: Subscription
        metadata: {name: mailer}
        spec:
          channel: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, name: news}
          subscriber: {ref: {apiVersion: v1, kind: Service, name: mail}, uri: /send}
          reply: {ref: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: mails}}
          delivery: {retry: 5, backoffPolicy: exponential, backoffDelay: PT0.5S}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: mail}
        """);
    Resource news = world.get(Kind.IN_MEMORY_CHANNEL, "news");
    assertThat(Objects.requireNonNull(news.status().address()).url())
        .isEqualTo("http://news-kn-channel.default.svc.cluster.local");
    assertThat(ResourceJson.tree(news).at("/status/subscribers/0/ready").asText())
        .isEqualTo("True");
    assertThat(ResourceJson.tree(news).at("/spec/subscribers/0/subscriberUri").asText())
        .isEqualTo("http://mail.default.svc.cluster.local/send");
    for (String type : List.of("Ready", "ReferencesResolved", "AddedToChannel", "ChannelReady")) {
      assertThat(world.condition(Kind.MESSAGING_SUBSCRIPTION, "mailer", type)).isEqualTo("True/");
    }
    Resource mailer = world.get(Kind.MESSAGING_SUBSCRIPTION, "mailer");
    assertThat(ResourceJson.tree(mailer).at("/status/physicalSubscription/replyUri").asText())
        .isEqualTo("http://mails-kn-channel.default.svc.cluster.local");
    assertThat(eventing.channel("news").subscribers().getFirst().delivery().delay())
        .isEqualTo(Duration.ofMillis(500));
    assertThat(eventing.channel("news").storage().provisioner()).isEqualTo("memory");
  }

  @Test
  void theOlderOfTwoFacesKeepsTheName() {
    eventing.apply(CHANNELS);
    eventing.apply(
        CHANNELS
            + """
            ---
            apiVersion: messaging.knative.dev/v1
            kind: Channel
            metadata: {name: orders}
            """);
    assertThat(world.condition(Kind.CHANNEL, "orders", "Ready")).isEqualTo("True/");
    assertThat(world.condition(Kind.MESSAGING_CHANNEL, "orders", "Ready"))
        .isEqualTo("False/HostConflict");
    eventing.apply(CHANNELS.substring(CHANNELS.indexOf("---")));
    assertThat(world.proxy().channel(ORDERS)).isNull();
  }
}

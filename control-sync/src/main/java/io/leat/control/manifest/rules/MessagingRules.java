package io.leat.control.manifest.rules;

import io.leat.control.resource.Kind;
import io.leat.control.resource.MessagingSpec;
import io.leat.control.resource.MessagingSpec.ChannelTemplate;
import io.leat.control.resource.MessagingSpec.InMemoryChannelSpec;
import io.leat.control.resource.MessagingSpec.MessagingChannelSpec;
import io.leat.control.resource.MessagingSpec.MessagingSubscriptionSpec;
import io.leat.control.resource.Metadata;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of {@code messaging.knative.dev/v1} (Knative Eventing). */
final class MessagingRules {
  /** The longest name whose host {@code NAME-kn-channel} is still a label. */
  private static final int LONGEST_NAME = 52;

  private static final List<Kind> CHANNELS =
      List.of(Kind.MESSAGING_CHANNEL, Kind.IN_MEMORY_CHANNEL, Kind.CHANNEL);

  private final Metadata metadata;
  private final Findings findings;
  private final ReferenceRules references;
  private final DeliveryRules deliveries;

  MessagingRules(Metadata metadata, Findings findings) {
    this.metadata = metadata;
    this.findings = findings;
    this.references = new ReferenceRules(metadata.namespace(), findings);
    this.deliveries = new DeliveryRules(references, findings);
  }

  void check(MessagingSpec spec) {
    SubscriptionOptions.check(metadata.annotations(), findings);
    switch (spec) {
      case MessagingChannelSpec channel -> {
        name();
        template(channel.channelTemplate());
        deliveries.delivery(channel.delivery());
      }
      case InMemoryChannelSpec channel -> {
        name();
        deliveries.delivery(channel.delivery());
      }
      case MessagingSubscriptionSpec subscription -> subscription(subscription);
    }
  }

  private void name() {
    if (metadata.name().length() > LONGEST_NAME) {
      findings.add(
          "metadata.name",
          "must have at most " + LONGEST_NAME + " characters" + Findings.got(metadata.name()));
    }
  }

  private void template(@Nullable ChannelTemplate template) {
    if (template == null) {
      return;
    }
    String path = "spec.channelTemplate";
    if (template.apiVersion() == null) {
      findings.required(path + ".apiVersion");
    }
    if (template.kind() == null) {
      findings.required(path + ".kind");
    }
    findings.oneOf(path + ".kind", template.kind(), List.of("InMemoryChannel", "KafkaChannel"));
  }

  private void subscription(MessagingSubscriptionSpec subscription) {
    references.channel("spec.channel", subscription.channel(), CHANNELS);
    if (subscription.subscriber() == null) {
      findings.required("spec.subscriber");
    } else {
      deliveries.destination("spec.subscriber", subscription.subscriber());
    }
    if (subscription.reply() != null) {
      deliveries.destination("spec.reply", subscription.reply());
    }
    deliveries.delivery(subscription.delivery());
  }

  /** What must not change. */
  static void change(
      MessagingSpec before, MessagingSpec after, String namespace, Findings findings) {
    if (before instanceof MessagingChannelSpec old
        && after instanceof MessagingChannelSpec now
        && !Objects.equals(old.channelTemplate(), now.channelTemplate())) {
      findings.add("spec.channelTemplate", "is immutable");
    } else if (before instanceof MessagingSubscriptionSpec old
        && after instanceof MessagingSubscriptionSpec now
        && !EventingRules.same(old.channel(), now.channel(), namespace)) {
      findings.add(
          "spec.channel",
          "is immutable: delete the Subscription and create it anew to drain or drop");
    }
  }
}

package io.leat.control.scenario;

/** Manifests of Channels and what is around them, as text. */
final class ChannelManifests {
  private static final String API = "eventing.knative.dev/v1alpha1";

  private ChannelManifests() {}

  /** The host of a Channel. */
  static String host(String channel) {
    return channel + ".default.channels.localhost";
  }

  /** A Channel kept in the log; arguments such as {@code maxBytes: 1Mi}. */
  static String channel(String name, String arguments) {
    return """
    apiVersion: %s
    kind: Channel
    metadata: {name: %s}
    spec:
      provisioner: {ref: {name: log}}
      arguments: {%s}
    ---
    """
        .formatted(API, name, arguments);
  }

  static String channel(String name) {
    return channel(name, "");
  }

  /** A Source of the provisioner {@code interval} that repeats {@code data}. */
  static String interval(String name, String channel, String period, String data) {
    return """
    apiVersion: %s
    kind: Source
    metadata: {name: %s}
    spec:
      provisioner: {ref: {name: interval}}
      arguments: {period: %s, data: "%s"}
      channel: %s
    ---
    """
        .formatted(API, name, period, data, reference(channel));
  }

  /** A Subscription under construction. */
  static final class Subscription {
    private final String name;
    private final StringBuilder annotations = new StringBuilder();
    private final StringBuilder spec = new StringBuilder();

    private Subscription(String name, String from) {
      this.name = name;
      spec.append("  from: ").append(reference(from)).append('\n');
    }

    Subscription annotation(String key, String value) {
      annotations.append("    eventing.knative.dev/%s: \"%s\"\n".formatted(key, value));
      return this;
    }

    Subscription call(String url) {
      spec.append("  call: {dnsName: \"").append(url).append("\"}\n");
      return this;
    }

    /** Calls the Route of that name. */
    Subscription callRoute(String route) {
      spec.append("  call: {targetRef: {apiVersion: serving.knative.dev/v1, kind: Route, name: ")
          .append(route)
          .append("}}\n");
      return this;
    }

    Subscription result(String channel) {
      spec.append("  result: ").append(reference(channel)).append('\n');
      return this;
    }

    /** Retries of 50 ms, then the dead letter Channel. */
    Subscription deadLetters(int retries, String channel) {
      spec.append("  delivery: {retry: ").append(retries);
      spec.append(", backoffPolicy: linear, backoffDelay: PT0.05S, deadLetterSink: {ref: ");
      spec.append(reference(channel)).append("}}\n");
      return this;
    }

    @Override
    public String toString() {
      String head =
          "apiVersion: " + API + "\nkind: Subscription\nmetadata:\n  name: " + name + "\n";
      String notes = annotations.isEmpty() ? "" : "  annotations:\n" + annotations;
      return head + notes + "spec:\n" + spec + "---\n";
    }
  }

  static Subscription subscription(String name, String from) {
    return new Subscription(name, from);
  }

  private static String reference(String channel) {
    return "{apiVersion: " + API + ", kind: Channel, name: " + channel + "}";
  }
}

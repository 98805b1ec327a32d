package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Subscribers, events and answers for tests of roles. */
final class RoleCases {
  static final String CONTEXT =
      "\"specversion\":\"1.0\",\"id\":\"answer\",\"source\":\"/s\",\"type\":\"t\"";

  private RoleCases() {}

  static ChannelSubscriber subscriber(SubscriptionRole role) {
    return of(role, "http://call/", "http://reply/", Map.of(), null);
  }

  static ChannelSubscriber terminal(SubscriptionRole role) {
    return of(role, "http://call/", null, Map.of(), null);
  }

  static ChannelSubscriber identity(SubscriptionRole role, @Nullable String splitPath) {
    return of(role, null, "http://reply/", Map.of(), splitPath);
  }

  static ChannelSubscriber router(boolean byDefault) {
    return of(
        SubscriptionRole.ROUTER,
        "http://call/",
        byDefault ? "http://reply/" : null,
        Map.of("a", "http://a/", "b", "http://b/"),
        null);
  }

  static ChannelSubscriber of(
      SubscriptionRole role,
      @Nullable String call,
      @Nullable String reply,
      Map<String, String> routes,
      @Nullable String splitPath) {
    return new ChannelSubscriber(
        "uid",
        "ns/name",
        1,
        role,
        call,
        reply,
        routes,
        DeliveryPolicy.DEFAULT,
        null,
        false,
        splitPath);
  }

  static CloudEvent event(String id) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", id);
    attributes.put("source", "/s");
    attributes.put("type", "t");
    return new CloudEvent(attributes, null);
  }

  static Reply reply(int status, String body, String... headers) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], List.of(headers[i + 1]));
    }
    return new Reply(status, map, body.getBytes(StandardCharsets.UTF_8));
  }

  static Reply nothing(int status, String... headers) {
    return reply(status, "", headers);
  }

  static Reply text(String body) {
    return reply(200, body, "content-type", "text/html");
  }

  static Reply json(String body, String... headers) {
    Map<String, List<String>> map = new LinkedHashMap<>(reply(200, "", headers).headers());
    map.put("content-type", List.of("application/json"));
    return new Reply(200, map, body.getBytes(StandardCharsets.UTF_8));
  }

  /** The event {@code answer}, without data. */
  static Reply binaryEvent(int status, String... headers) {
    Map<String, List<String>> map = new LinkedHashMap<>(reply(status, "", headers).headers());
    map.put("ce-specversion", List.of("1.0"));
    map.put("ce-id", List.of("answer"));
    map.put("ce-source", List.of("/s"));
    map.put("ce-type", List.of("t"));
    return new Reply(status, map, new byte[0]);
  }

  static Reply batch(String elements) {
    return reply(200, "[" + elements + "]", "content-type", "application/cloudevents-batch+json");
  }
}

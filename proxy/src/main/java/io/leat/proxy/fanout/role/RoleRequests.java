package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventWriter;
import io.leat.proxy.fanout.event.WrittenEvent;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy.EventFormat;
import io.leat.proxy.table.SubscriptionRole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Writes what a subscriber gets, as its role wants it: {@code docs/spec/roles.md}, version 1. */
public final class RoleRequests {
  /** The extension of members of a group that is not whole; its value is {@code true}. */
  public static final String PARTIAL = "knativeaggregatepartial";

  private static final String ACCEPT =
      "application/cloudevents-batch+json, application/cloudevents+json;q=0.9, */*;q=0.1";

  private RoleRequests() {}

  /** An event for the subscriber's call, with the headers that ask for an answer. */
  public static WrittenEvent call(ChannelSubscriber to, CloudEvent event) {
    CloudEvent sent = to.attributesOnly() ? event.withData(null) : event;
    WrittenEvent written = written(sent, to.delivery().format());
    SequencedMap<String, String> headers = new LinkedHashMap<>(written.headers());
    if (to.role() == SubscriptionRole.SPLITTER) {
      headers.put("accept", ACCEPT);
      headers.put("prefer", "reply, max-events=" + Splitting.MAX_EVENTS);
    } else {
      headers.put("prefer", "reply");
    }
    return new WrittenEvent(headers, written.body());
  }

  /**
   * Adds the headers of {@link #call}, names and values alternating, and returns its body, when the
   * event is sent as it is in binary mode; null when it is not.
   */
  public static byte @Nullable [] plainCall(
      ChannelSubscriber to, CloudEvent event, List<String> headers) {
    if (to.attributesOnly()
        || to.role() == SubscriptionRole.SPLITTER
        || to.delivery().format() == EventFormat.STRUCTURED) {
      return null;
    }
    byte[] body = EventWriter.binary(event, headers);
    headers.add("prefer");
    headers.add("reply");
    return body;
  }

  /** An event for a place of which no answer is wanted: a reply, a route, a dead letter sink. */
  public static WrittenEvent hop(CloudEvent event, @Nullable EventFormat format) {
    return written(event, format);
  }

  /** All members of a group for the aggregator's one call. */
  public static WrittenEvent group(List<CloudEvent> members, boolean partial) {
    List<CloudEvent> sent =
        partial ? members.stream().map(each -> each.with(PARTIAL, "true")).toList() : members;
    WrittenEvent written = EventWriter.batch(sent);
    SequencedMap<String, String> headers = new LinkedHashMap<>(written.headers());
    headers.put("prefer", "reply");
    return new WrittenEvent(headers, written.body());
  }

  private static WrittenEvent written(CloudEvent event, @Nullable EventFormat format) {
    return format == EventFormat.STRUCTURED
        ? EventWriter.structured(event)
        : EventWriter.binary(event);
  }
}

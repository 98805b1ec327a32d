package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventWriter;
import io.leat.proxy.fanout.event.WrittenEvent;
import io.leat.proxy.fanout.role.RoleRequests;
import io.leat.proxy.fanout.stored.HeaderPolicy;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Writes events as requests: the mode, and no header field but those that may leave. */
final class Parcels {
  private static final int HEAD_BYTES = 8 * 1024;
  private static final int HEAD_FIELDS = 64;

  private final ChannelId channel;
  private final int replyBytes;

  Parcels(ChannelId channel, DeliveryLimits limits) {
    this.channel = channel;
    this.replyBytes = limits.replyBytes();
  }

  /** The request that asks a subscriber. */
  Courier.Parcel call(ChannelSubscriber to, String uri, StoredEvent stored) {
    CloudEvent event = stored.event();
    Draft plain = new Draft(to, uri);
    byte[] body = RoleRequests.plainCall(to, event, plain.fields());
    if (body != null && !plain.tooMuch()) {
      return parcel(plain, body, stored, replyBytes);
    }
    WrittenEvent written = RoleRequests.call(to, event);
    Draft draft = new Draft(to, uri).with(written.headers());
    if (!draft.tooMuch()) {
      return parcel(draft, written.body(), stored, replyBytes);
    }
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    for (String name : List.of("prefer", "accept")) {
      String value = written.headers().get(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    WrittenEvent document =
        EventWriter.structured(to.attributesOnly() ? event.withData(null) : event);
    headers.putAll(document.headers());
    return parcel(new Draft(to, uri).with(headers), document.body(), stored, replyBytes);
  }

  /** The request that asks an aggregator about a whole group. */
  Courier.Parcel group(ChannelSubscriber to, String uri, WrittenEvent members, StoredEvent first) {
    return parcel(new Draft(to, uri).with(members.headers()), members.body(), first, replyBytes);
  }

  /** The request that brings an event to its end, whose answer nobody reads. */
  Courier.Parcel hop(ChannelSubscriber to, String uri, StoredEvent stored) {
    WrittenEvent written = RoleRequests.hop(stored.event(), to.delivery().format());
    Draft draft = new Draft(to, uri).with(written.headers());
    if (draft.tooMuch()) {
      written = EventWriter.structured(stored.event());
      draft = new Draft(to, uri).with(written.headers());
    }
    return parcel(draft, written.body(), stored, 0);
  }

  /** Where a request goes and the head that it has so far: names and values alternating. */
  private record Draft(ChannelSubscriber to, String uri, List<String> fields) {
    Draft(ChannelSubscriber to, String uri) {
      this(to, uri, new ArrayList<>(32));
    }

    Draft with(Map<String, String> headers) {
      headers.forEach((name, value) -> {
        fields.add(name);
        fields.add(value);
      });
      return this;
    }

    /** Whether the attributes are too many for the head of a request. */
    boolean tooMuch() {
      int bytes = 0;
      for (int i = 1; i < fields.size(); i += 2) {
        bytes += fields.get(i).length();
      }
      return bytes > HEAD_BYTES || fields.size() > 2 * HEAD_FIELDS;
    }
  }

  private Courier.Parcel parcel(Draft draft, byte[] body, StoredEvent stored, int reply) {
    List<String> fields = draft.fields();
    boolean traced = false;
    for (int i = 0; i < stored.fields().size(); i += 2) {
      String name = stored.fields().get(i);
      if (HeaderPolicy.passes(name)) {
        traced |= name.equals("traceparent");
        fields.add(name);
        fields.add(stored.fields().get(i + 1));
      }
    }
    if (!traced) {
      // Events carry their trace as an extension (CloudEvents distributed tracing extension).
      trace(stored.event(), "traceparent", fields);
      trace(stored.event(), "tracestate", fields);
    }
    fields.add("kn-namespace");
    fields.add(channel.namespace());
    fields.add(HeaderPolicy.HOPS);
    List<String> path = stored.path();
    fields.add(path.size() == 1 ? path.getFirst() : String.join(", ", path));
    long timeout = draft.to().delivery().timeout().toNanos();
    return new Courier.Parcel(draft.uri(), fields, body, timeout, reply);
  }

  private static void trace(CloudEvent event, String name, List<String> fields) {
    String value = event.attribute(name);
    if (value != null && HeaderPolicy.legal(value)) {
      fields.add(name);
      fields.add(value);
    }
  }
}

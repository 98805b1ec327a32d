package io.leat.control.api.channels;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.StatusJson;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.IngestListener;
import io.leat.proxy.fanout.KeptEvent;
import io.leat.proxy.fanout.ObservedChannel;
import io.leat.proxy.fanout.Redriven;
import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.HeaderSource;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.table.ChannelId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers below {@code /channels/NAMESPACE/NAME}, on any thread:
 *
 * <ul>
 *   <li>{@code POST events}: keeps the events of the request, in any content mode; 202 when durable
 *   <li>{@code GET events?from=&limit=&failed=}: what the log holds from a place on, with what
 *       became of each; {@code failed=true} for those that went to a dead letter sink or were given
 *       up
 *   <li>{@code GET receipt?source=&id=}: what became of one event
 *   <li>{@code POST replay?subscription=&from=}: has a subscription go on from another place
 *   <li>{@code POST redrive?subscription=&from=&limit=}: delivers the dead letters that the Channel
 *       holds again, to the one subscription that failed, at most so many; answers with how many
 *       {@code events}, how many were {@code skipped}, where to go on ({@code next}), and whether
 *       there may be {@code more}
 * </ul>
 *
 * <p>A place is {@code beginning}, {@code end}, an offset, or a time in RFC 3339. Errors are a
 * {@code Status} of the Kubernetes API.
 */
public final class ChannelApi {
  private static final String ROOT = "/channels";
  private static final int SEGMENTS = 5;
  private static final int MOST = 1000;
  private static final int USUAL = 100;
  private static final long SECONDS = 30;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Supplier<Optional<ChannelEngine>> engine;
  private final EventReader reader;

  /** The API over the engine, which is there once the first Channel is. */
  public ChannelApi(Supplier<Optional<ChannelEngine>> engine, EventReader reader) {
    this.engine = engine;
    this.reader = reader;
  }

  /** Adds the routes. */
  public void addTo(AdminRoutes routes) {
    routes.below("GET", ROOT, this::read).below("POST", ROOT, this::write);
  }

  private AdminResponse read(AdminRequest request) {
    return answer(
        request,
        (channels, id, what) ->
            switch (what) {
              case "events" -> events(channels, id, request);
              case "receipt" -> receipt(channels, id, request);
              default -> failure(404, "NotFound", "no such view of a channel: " + what);
            });
  }

  private AdminResponse write(AdminRequest request) {
    return answer(
        request,
        (channels, id, what) ->
            switch (what) {
              case "events" -> send(channels, id, request);
              case "replay" -> replay(channels, id, request);
              case "redrive" -> redrive(channels, id, request);
              default -> failure(404, "NotFound", "no such action of a channel: " + what);
            });
  }

  private interface Answer {
    AdminResponse of(ChannelEngine channels, ChannelId id, String what);
  }

  private AdminResponse answer(AdminRequest request, Answer answer) {
    String[] path = request.path().split("/", -1);
    if (path.length != SEGMENTS) {
      return failure(404, "NotFound", "expected: " + ROOT + "/NAMESPACE/NAME/VIEW");
    }
    ChannelId id = new ChannelId(path[2], path[3]);
    Optional<ChannelEngine> channels = engine.get().filter(each -> each.has(id));
    if (channels.isEmpty()) {
      return failure(404, "NotFound", "channel \"" + id + "\" not found in the live table");
    }
    try {
      return answer.of(channels.get(), id, path[4]);
    } catch (IllegalArgumentException e) {
      return failure(400, "BadRequest", String.valueOf(e.getMessage()));
    }
  }

  private static AdminResponse failure(int code, String reason, String message) {
    return AdminResponse.json(code, StatusJson.failure(code, reason, message).toString());
  }

  private AdminResponse send(ChannelEngine channels, ChannelId id, AdminRequest request) {
    List<CloudEvent> events;
    switch (reader.read(HeaderSource.of(request.headers()), request.body())) {
      case EventReading.Unreadable unreadable -> {
        return failure(400, "BadRequest", unreadable.problem());
      }
      case EventReading.Events read -> events = read.events();
    }
    CompletableFuture<Optional<AdminResponse>> kept = new CompletableFuture<>();
    channels.ingest(
        id,
        events,
        new IngestListener() {
          @Override
          public void ingested(@Nullable Rejection refusal) {
            kept.complete(Optional.ofNullable(refusal).map(why -> refused(why, "")));
          }

          @Override
          public void broken(String problem) {
            kept.complete(Optional.of(refused(Rejection.EVENT_SCHEMA, ": " + problem)));
          }
        });
    Optional<AdminResponse> refusal = awaited(kept);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    ObjectNode answer = JSON.objectNode();
    ArrayNode ids = answer.putArray("accepted");
    events.forEach(each -> ids.addObject().put("source", each.source()).put("id", each.id()));
    return AdminResponse.json(202, answer.toString());
  }

  private static AdminResponse refused(Rejection why, String more) {
    return failure(why.status(), why.token(), why.details() + more);
  }

  private static Optional<AdminResponse> awaited(
      CompletableFuture<Optional<AdminResponse>> refusal) {
    try {
      return refusal.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      return Optional.of(
          failure(504, "Timeout", "the log did not answer within " + SECONDS + " s"));
    }
  }

  private static AdminResponse events(ChannelEngine channels, ChannelId id, AdminRequest request) {
    boolean failed = "true".equals(request.parameter("failed"));
    int limit = limit(request.parameter("limit"));
    Map<String, String> names = names(channels, id);
    ObjectNode answer = JSON.objectNode();
    ArrayNode items = answer.putArray("items");
    if (failed) {
      channels
          .failed(id, limit)
          .forEach((uid, receipts) ->
              receipts.forEach(receipt ->
                  items.add(receipt(receipt).put("subscription", names.getOrDefault(uid, uid)))));
      return AdminResponse.json(200, answer.toString());
    }
    String from = request.parameter("from");
    for (KeptEvent each : channels.kept(id, place(from == null ? "beginning" : from), limit)) {
      ObjectNode item = items.addObject().put("offset", each.offset());
      item.put("time", Instant.ofEpochMilli(each.timestamp()).toString());
      each.event().attributes().forEach(item::put);
      byte[] data = each.event().data();
      item.put("bytes", data == null ? 0 : data.length);
      add(item, channels.receipt(id, each.event().source(), each.event().id()), names);
    }
    return AdminResponse.json(200, answer.toString());
  }

  private static AdminResponse receipt(ChannelEngine channels, ChannelId id, AdminRequest request) {
    ObjectNode answer = JSON.objectNode();
    Map<String, Receipt> receipts =
        channels.receipt(id, required(request, "source"), required(request, "id"));
    add(answer, receipts, names(channels, id));
    return AdminResponse.json(200, answer.toString());
  }

  private static void add(
      ObjectNode item, Map<String, Receipt> receipts, Map<String, String> names) {
    ArrayNode list = item.putArray("subscriptions");
    receipts.forEach((uid, receipt) ->
        list.add(receipt(receipt).put("subscription", names.getOrDefault(uid, uid))));
  }

  private static ObjectNode receipt(Receipt receipt) {
    ObjectNode node = JSON.objectNode().put("source", receipt.source()).put("id", receipt.id());
    node.put("state", receipt.state().name().toLowerCase(java.util.Locale.ROOT));
    node.put("tries", receipt.tries()).put("lastStatus", receipt.lastStatus());
    return receipt.nextTryMillis() == 0
        ? node
        : node.put("nextTry", Instant.ofEpochMilli(receipt.nextTryMillis()).toString());
  }

  private static AdminResponse replay(ChannelEngine channels, ChannelId id, AdminRequest request) {
    String wanted = required(request, "subscription");
    String name = wanted.contains("/") ? wanted : id.namespace() + "/" + wanted;
    CursorStart start = place(required(request, "from"));
    for (Map.Entry<String, String> each : names(channels, id).entrySet()) {
      if (each.getValue().equals(name) && channels.replay(id, each.getKey(), start)) {
        ObjectNode answer = JSON.objectNode().put("subscription", name);
        return AdminResponse.json(200, answer.put("from", request.parameter("from")).toString());
      }
    }
    return failure(404, "NotFound", "channel \"" + id + "\" has no subscription " + name);
  }

  private static AdminResponse redrive(
      ChannelEngine channels, ChannelId letters, AdminRequest request) {
    String wanted = required(request, "subscription");
    String name = wanted.contains("/") ? wanted : letters.namespace() + "/" + wanted;
    String from = request.parameter("from");
    CursorStart start = place(from == null ? "beginning" : from);
    int limit = request.parameter("limit") == null ? MOST : limit(request.parameter("limit"));
    for (ObservedChannel channel : channels.observed()) {
      for (ObservedChannel.ObservedSubscriber each : channel.subscribers()) {
        if (each.name().equals(name)) {
          return redriven(channels.redrive(letters, start, limit, channel.id(), each.uid()));
        }
      }
    }
    return failure(404, "NotFound", "no channel has a subscription " + name);
  }

  private static AdminResponse redriven(CompletableFuture<Redriven> order) {
    ObjectNode answer = JSON.objectNode();
    return awaited(
            order.thenApply(done -> {
              answer.put("events", done.events()).put("skipped", done.skipped());
              answer.put("next", done.next()).put("more", done.more());
              return Optional.ofNullable(done.refusal()).map(why -> refused(why, ""));
            }))
        .orElseGet(() -> AdminResponse.json(200, answer.toString()));
  }

  /** The names of the subscriptions of a Channel by their uids. */
  private static Map<String, String> names(ChannelEngine channels, ChannelId id) {
    Map<String, String> names = new HashMap<>();
    for (ObservedChannel each : channels.observed()) {
      if (each.id().equals(id)) {
        each.subscribers().forEach(subscriber -> names.put(subscriber.uid(), subscriber.name()));
      }
    }
    return names;
  }

  private static String required(AdminRequest request, String name) {
    String value = request.parameter(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(name + ": is missing");
    }
    return value;
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return USUAL;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException notANumber) {
      // Said below, as for a number out of range.
    }
    throw new IllegalArgumentException("limit: " + text + " (expected: 1 to " + MOST + ")");
  }

  private static CursorStart place(String text) {
    return CursorStart.of(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "from: " + text + " (expected: " + CursorStart.EXPECTED + ")"));
  }
}

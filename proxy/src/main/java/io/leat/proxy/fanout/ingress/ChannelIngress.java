package io.leat.proxy.fanout.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.IngestListener;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.HeaderSource;
import io.leat.proxy.fanout.stored.HeaderPolicy;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.ChannelId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests to Channels on one event loop, and used by it only: 202 when the events are
 * durable, else why not.
 */
public final class ChannelIngress {
  private final ChannelEngine engine;
  private final EventReader reader;
  private final Executor loop;
  private final Limits limits;

  /**
   * What one request may bring.
   *
   * @param bodyBytes of one request at most
   * @param hops Channels that are remembered of an event's path
   */
  public record Limits(long bodyBytes, int hops) {
    /** 1 MiB of body, and the 64 newest Channels of a path. */
    public static final Limits DEFAULT = new Limits(1 << 20, 64);
  }

  /**
   * An ingress of one event loop.
   *
   * @param loop runs tasks on that event loop
   */
  public ChannelIngress(ChannelEngine engine, EventReader reader, Executor loop, Limits limits) {
    this.engine = engine;
    this.reader = reader;
    this.loop = loop;
    this.limits = limits;
  }

  /** The largest body that is worth collecting. */
  public long maxBodyBytes() {
    return limits.bodyBytes();
  }

  /**
   * Answers a request whose host belongs to a Channel.
   *
   * @param head read during the call only
   * @param body all of it; not changed any more
   */
  public void accept(ChannelId channel, RequestHead head, byte[] body, IngressAnswer answer) {
    Rejection refusal = refusal(channel, head, body);
    if (refusal != null) {
      refuse(channel, refusal, OwnAnswer.of(refusal), answer);
    } else if (isMethod(head, "OPTIONS")) {
      answer.answer(OwnAnswer.EVENT_OPTIONS);
    } else {
      read(channel, head, body, answer);
    }
  }

  private @Nullable Rejection refusal(ChannelId channel, RequestHead head, byte[] body) {
    String path = text(head, head.pathStart(), head.pathEnd());
    if (!engine.has(channel) || !(path.equals("/") || path.equals("/" + channel))) {
      return Rejection.CHANNEL_NOT_FOUND;
    }
    if (!isMethod(head, "POST") && !isMethod(head, "OPTIONS")) {
      return Rejection.EVENT_METHOD;
    }
    return body.length > limits.bodyBytes() ? Rejection.BODY_TOO_LARGE : null;
  }

  private void read(ChannelId channel, RequestHead head, byte[] body, IngressAnswer answer) {
    Map<String, List<String>> headers = headers(head);
    switch (reader.read(HeaderSource.of(headers), body)) {
      case EventReading.Unreadable(EventReading.Kind kind, String problem) -> {
        Rejection refusal =
            switch (kind) {
              case NO_EVENT, MALFORMED -> Rejection.EVENT_UNREADABLE;
              case UNKNOWN_FORMAT -> Rejection.EVENT_FORMAT;
              case TOO_LARGE -> Rejection.BODY_TOO_LARGE;
            };
        refuse(channel, refusal, OwnAnswer.explained(refusal, problem), answer);
      }
      case EventReading.Events events ->
          engine.keep(
              channel,
              stored(channel, events.events(), headers),
              new IngestListener() {
                @Override
                public void ingested(@Nullable Rejection refusal) {
                  loop.execute(() -> ended(refusal, answer));
                }

                @Override
                public void broken(String problem) {
                  OwnAnswer with = OwnAnswer.explained(Rejection.EVENT_SCHEMA, problem);
                  loop.execute(() -> answer.refuse(Rejection.EVENT_SCHEMA, with));
                }
              });
    }
  }

  private List<StoredEvent> stored(
      ChannelId channel, List<CloudEvent> events, Map<String, List<String>> headers) {
    List<String> fields = HeaderPolicy.passed(headers);
    List<String> path = new ArrayList<>(HeaderPolicy.hops(headers));
    path.add(channel.toString());
    int first = Math.max(0, path.size() - limits.hops());
    List<StoredEvent> stored = new ArrayList<>(events.size());
    for (CloudEvent each : events) {
      stored.add(new StoredEvent(each, path.subList(first, path.size()), fields));
    }
    return stored;
  }

  private static void ended(@Nullable Rejection refusal, IngressAnswer answer) {
    if (refusal == null) {
      answer.answer(OwnAnswer.EVENT_ACCEPTED);
    } else {
      answer.refuse(refusal, OwnAnswer.of(refusal));
    }
  }

  private void refuse(ChannelId channel, Rejection refusal, OwnAnswer with, IngressAnswer answer) {
    engine.refused(channel, refusal);
    answer.refuse(refusal, with);
  }

  private static Map<String, List<String>> headers(RequestHead head) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (int i = 0; i < head.fieldCount(); i++) {
      String name = text(head, head.nameStart(i), head.nameEnd(i)).toLowerCase(Locale.ROOT);
      headers
          .computeIfAbsent(name, _ -> new ArrayList<>(1))
          .add(text(head, head.valueStart(i), head.valueEnd(i)));
    }
    return headers;
  }

  private static boolean isMethod(RequestHead head, String method) {
    int length = head.methodEnd() - head.methodStart();
    return length == method.length()
        && text(head, head.methodStart(), head.methodEnd()).equals(method);
  }

  private static String text(RequestHead head, int from, int to) {
    return new String(head.bytes(), from, to - from, ISO_8859_1);
  }
}

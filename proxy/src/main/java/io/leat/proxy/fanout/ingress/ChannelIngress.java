package io.leat.proxy.fanout.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.stored.HeaderPolicy;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.ChannelId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests to Channels on one event loop, and used by it only: 202 when the events are
 * durable, else why not.
 */
public final class ChannelIngress {
  private final ChannelEngine engine;
  private final EventReader reader;
  private final Answers answers;
  private final Limits limits;
  private final Executor loop;

  /** Channels that keep events of this turn of the loop. */
  private final Set<ChannelId> kept = new HashSet<>();

  private @Nullable ChannelId pathOf;
  private List<String> path = List.of();

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
    this.answers = new Answers(loop);
    this.limits = limits;
    this.loop = loop;
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
    boolean root = head.pathEnd() - head.pathStart() == 1;
    if (!engine.has(channel)
        || !(root || text(head, head.pathStart(), head.pathEnd()).equals("/" + channel))) {
      return Rejection.CHANNEL_NOT_FOUND;
    }
    if (!isMethod(head, "POST") && !isMethod(head, "OPTIONS")) {
      return Rejection.EVENT_METHOD;
    }
    return body.length > limits.bodyBytes() ? Rejection.BODY_TOO_LARGE : null;
  }

  private void read(ChannelId channel, RequestHead head, byte[] body, IngressAnswer answer) {
    switch (reader.read(new HeadOfEvent(head), body)) {
      case EventReading.Unreadable(EventReading.Kind kind, String problem) -> {
        Rejection refusal =
            switch (kind) {
              case NO_EVENT, MALFORMED -> Rejection.EVENT_UNREADABLE;
              case UNKNOWN_FORMAT -> Rejection.EVENT_FORMAT;
              case TOO_LARGE -> Rejection.BODY_TOO_LARGE;
            };
        refuse(channel, refusal, OwnAnswer.explained(refusal, problem), answer);
      }
      case EventReading.Events events -> {
        engine.keep(
            channel,
            stored(channel, events.events(), HeadOfEvent.travelling(head)),
            answers.owed(answer));
        beginSoon(channel);
      }
    }
  }

  /** After what the loop has to read now: one sync is for all of it. */
  private void beginSoon(ChannelId channel) {
    if (kept.isEmpty()) {
      loop.execute(this::begin);
    }
    kept.add(channel);
  }

  private void begin() {
    kept.forEach(engine::begin);
    kept.clear();
  }

  private List<StoredEvent> stored(
      ChannelId channel, List<CloudEvent> events, Map<String, List<String>> headers) {
    List<String> fields = headers.isEmpty() ? List.of() : HeaderPolicy.passed(headers);
    List<String> passed = path(channel, headers);
    if (events.size() == 1) {
      return List.of(new StoredEvent(events.getFirst(), passed, fields));
    }
    List<StoredEvent> stored = new ArrayList<>(events.size());
    for (CloudEvent each : events) {
      stored.add(new StoredEvent(each, passed, fields));
    }
    return stored;
  }

  /** The Channels that the events have passed, this one last. */
  private List<String> path(ChannelId channel, Map<String, List<String>> headers) {
    if (!channel.equals(pathOf)) {
      pathOf = channel;
      path = List.of(channel.toString());
    }
    List<String> hops = headers.isEmpty() ? List.of() : HeaderPolicy.hops(headers);
    if (hops.isEmpty()) {
      return path;
    }
    List<String> all = new ArrayList<>(hops);
    all.addAll(path);
    return all.subList(Math.max(0, all.size() - limits.hops()), all.size());
  }

  private void refuse(ChannelId channel, Rejection refusal, OwnAnswer with, IngressAnswer answer) {
    engine.refused(channel, refusal);
    answer.refuse(refusal, with);
  }

  private static boolean isMethod(RequestHead head, String method) {
    int length = head.methodEnd() - head.methodStart();
    for (int i = 0; length == method.length() && i < length; i++) {
      if (head.bytes()[head.methodStart() + i] != method.charAt(i)) {
        return false;
      }
    }
    return length == method.length();
  }

  private static String text(RequestHead head, int from, int to) {
    return new String(head.bytes(), from, to - from, ISO_8859_1);
  }
}

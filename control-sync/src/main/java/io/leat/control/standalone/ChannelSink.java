package io.leat.control.standalone;

import io.leat.control.eventing.source.emit.EventSink;
import io.leat.control.eventing.source.emit.SourceEvent;
import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.HeaderSource;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.ChannelId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Hands the events of Sources to Channels of this process, without HTTP. */
final class ChannelSink implements EventSink {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int ACCEPTED = 202;

  private final LiveTable table;
  private final ChannelPlane channels;
  private final EventReader reader;

  ChannelSink(LiveTable table, ChannelPlane channels, EventReader reader) {
    this.table = table;
    this.channels = channels;
    this.reader = reader;
  }

  @Override
  public Answer send(URI sink, SourceEvent event) throws IOException, InterruptedException {
    ChannelId channel = table.current().channelAt(sink.getHost());
    Optional<ChannelEngine> engine = channels.engine();
    if (channel == null || engine.isEmpty()) {
      return new Answer(Rejection.CHANNEL_UNAVAILABLE.status(), AGAIN);
    }
    Optional<CloudEvent> read = event(event);
    if (read.isEmpty()) {
      return new Answer(Rejection.EVENT_UNREADABLE.status(), null);
    }
    CompletableFuture<Optional<Rejection>> kept = new CompletableFuture<>();
    engine
        .get()
        .ingest(
            channel, List.of(read.get()), refusal -> kept.complete(Optional.ofNullable(refusal)));
    try {
      return kept.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .map(refusal -> new Answer(refusal.status(), refusal.retryAfter() ? AGAIN : null))
          .orElse(new Answer(ACCEPTED, null));
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the log of " + channel + " does not answer", e);
    }
  }

  /** The event, or nothing when it breaks a rule of CloudEvents. */
  private Optional<CloudEvent> event(SourceEvent event) {
    return switch (event) {
      case SourceEvent.Made made -> Optional.of(made(made));
      case SourceEvent.Passed(byte[] json) ->
          switch (reader.read(
              HeaderSource.of(Map.of("content-type", List.of("application/cloudevents+json"))),
              json)) {
            case EventReading.Events events -> Optional.of(events.events().getFirst());
            case EventReading.Unreadable _ -> Optional.empty();
          };
    };
  }

  private static CloudEvent made(SourceEvent.Made made) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", made.id());
    attributes.put("source", made.source());
    attributes.put("type", made.type());
    attributes.put("time", made.time().toString());
    String contentType = made.contentType();
    if (contentType != null) {
      attributes.put("datacontenttype", contentType);
    }
    return new CloudEvent(attributes, made.data());
  }
}

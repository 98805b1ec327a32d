package io.leat.proxy.fanout;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.EventChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a dead letter Channel holds into records for the one cursor of the Subscription that
 * failed. For one call.
 *
 * <p>A letter belongs to it when it came right from its Channel and does not name a destination
 * that only another Subscription of that Channel has. So one whose URL was mended since gets its
 * letters as well.
 */
final class Redrive {
  /** How often a letter was delivered again. */
  static final String COUNT = "knativeredrive";

  private static final String DESTINATION = "knativeerrordest";
  private static final List<String> STRIPPED =
      List.of(DESTINATION, "knativeerrorcode", "knativeerrordata");
  private static final int MOST = 1_000_000;

  private final String channel;
  private final String uid;
  private final Set<String> others = new HashSet<>();
  private final List<LogRecord> records = new ArrayList<>();
  private int skipped;
  private long next;

  Redrive(EventChannel channel, String uid) {
    this.channel = channel.id().toString();
    this.uid = uid;
    Set<String> own = new HashSet<>();
    for (ChannelSubscriber each : channel.subscribers()) {
      (each.uid().equals(uid) ? own : others).addAll(destinations(each));
    }
    others.removeAll(own);
  }

  private static Set<String> destinations(ChannelSubscriber subscriber) {
    Set<String> uris = new HashSet<>(subscriber.routes().values());
    if (subscriber.call() != null) {
      uris.add(subscriber.call());
    }
    if (subscriber.reply() != null) {
      uris.add(subscriber.reply());
    }
    return uris;
  }

  /** Appends what is to be delivered again of these events of a dead letter Channel. */
  CompletableFuture<Redriven> deliver(List<LogEntry> found, ChannelId letters, EventLog log) {
    found.forEach(each -> take(each, letters));
    int count = records.size();
    boolean more = !found.isEmpty();
    if (count == 0) {
      return CompletableFuture.completedFuture(new Redriven(0, skipped, next, more, null));
    }
    CompletableFuture<Redriven> done = new CompletableFuture<>();
    log.append(
        records,
        (outcome, _) -> {
          Rejection refusal = LiveChannel.refusal(outcome);
          done.complete(new Redriven(refusal == null ? count : 0, skipped, next, more, refusal));
        });
    return done;
  }

  private void take(LogEntry entry, ChannelId letters) {
    next = entry.offset() + 1;
    StoredEvent stored = StoredEvent.of(entry.payload());
    List<String> path = stored.path();
    String destination = stored.event().attribute(DESTINATION);
    boolean came =
        path.size() >= 2
            && path.getLast().equals(letters.toString())
            && path.get(path.size() - 2).equals(channel);
    if (!came || destination == null || others.contains(destination)) {
      skipped++;
      return;
    }
    StoredEvent again =
        new StoredEvent(again(stored.event()), path.subList(0, path.size() - 1), stored.fields());
    records.add(new LogRecord(StoredEvent.EVENT, uid, again.record().payload()));
  }

  private static CloudEvent again(CloudEvent letter) {
    CloudEvent event = letter;
    for (String name : STRIPPED) {
      event = event.without(name);
    }
    return event.with(COUNT, count(letter.attribute(COUNT)) + 1);
  }

  private static int count(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,6}") ? Math.min(Integer.parseInt(text), MOST) : 0;
  }
}

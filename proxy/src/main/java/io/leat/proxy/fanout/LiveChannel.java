package io.leat.proxy.fanout;

import io.leat.proxy.fanout.delivery.Subscription;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.segment.SegmentedLog;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.EventChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One Channel at work. The control thread changes it; any thread appends, and reads what it counted
 * and observed.
 */
final class LiveChannel {
  final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

  private final LongAdder accepted = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final LongAdder warned = new LongAdder();
  private final Map<Rejection, LongAdder> refused = new ConcurrentHashMap<>();
  private volatile EventChannel channel;
  private volatile @Nullable EventLog log;
  private volatile String problem = "";

  LiveChannel(EventChannel channel) {
    this.channel = channel;
  }

  EventChannel channel() {
    return channel;
  }

  void channel(EventChannel next) {
    channel = next;
  }

  @Nullable EventLog log() {
    return log;
  }

  void opened(@Nullable EventLog opened, String why) {
    log = opened;
    problem = why;
  }

  /** Why there is no log. */
  String problem() {
    return problem;
  }

  /** Appends events as one; counts what became of them. They wait for {@link #begin}. */
  void ingest(List<StoredEvent> events, IngestListener listener) {
    appendMore(
        events,
        new AppendListener() {
          @Override
          public void appended(AppendOutcome outcome, long offset) {
            listener.ingested(counted(outcome));
          }

          @Override
          public void appendedInGroup(AppendOutcome outcome, long offset) {
            listener.ingestedInGroup(counted(outcome));
          }

          @Override
          public void groupEnded() {
            listener.groupEnded();
          }
        });
  }

  private @Nullable Rejection counted(AppendOutcome outcome) {
    Rejection refusal = refusal(outcome);
    if (refusal != null) {
      refused(refusal);
    }
    return refusal;
  }

  static @Nullable Rejection refusal(AppendOutcome outcome) {
    return switch (outcome) {
      case DURABLE -> null;
      case FULL -> Rejection.CHANNEL_FULL;
      case NO_SPACE, FAILED -> Rejection.CHANNEL_UNAVAILABLE;
    };
  }

  void append(List<StoredEvent> events, AppendListener listener) {
    appendMore(events, listener);
    begin();
  }

  /** Has the log write what was ingested. */
  void begin() {
    EventLog to = log;
    if (to != null) {
      to.begin();
    }
  }

  private void appendMore(List<StoredEvent> events, AppendListener listener) {
    EventLog to = log;
    if (to == null) {
      listener.appended(AppendOutcome.FAILED, 0);
      return;
    }
    int count = events.size();
    LogRecord[] records = new LogRecord[count];
    for (int i = 0; i < count; i++) {
      records[i] = events.get(i).record();
    }
    // The listener keeps no events alive: their bytes are in the records.
    to.appendMore(
        List.of(records),
        new AppendListener() {
          private int known;

          @Override
          public void duplicates(int count) {
            known = count;
          }

          @Override
          public void appended(AppendOutcome outcome, long offset) {
            accept(outcome, count - known, known);
            listener.appended(outcome, offset);
          }

          @Override
          public void appendedInGroup(AppendOutcome outcome, long offset) {
            accept(outcome, count - known, known);
            listener.appendedInGroup(outcome, offset);
          }

          @Override
          public void groupEnded() {
            listener.groupEnded();
          }
        });
  }

  private void accept(AppendOutcome outcome, int kept, int known) {
    if (outcome == AppendOutcome.DURABLE) {
      accepted.add(kept);
      if (known > 0) {
        duplicates.add(known);
      }
    }
  }

  /** Has the slowest subscription dead-letter what is beyond the limits, if the storage says so. */
  void relieve() {
    if (channel.storage().breach() == ChannelStorage.Breach.DEAD_LETTER
        && log instanceof SegmentedLog files) {
      files
          .breached()
          .ifPresent(breached -> {
            Subscription slowest = subscriptions.get(breached.cursor());
            if (slowest != null) {
              slowest.giveUp(breached.to());
            } else if (Followers.has(breached.cursor())) {
              files
                  .cursor(breached.cursor(), new CursorStart.Beginning())
                  .seek(new CursorStart.Offset(breached.to()));
            }
          });
    }
  }

  void warned(int events) {
    warned.add(events);
  }

  void refused(Rejection reason) {
    refused.computeIfAbsent(reason, _ -> new LongAdder()).increment();
  }

  ChannelCounts counts() {
    Map<Rejection, Long> reasons = new EnumMap<>(Rejection.class);
    refused.forEach((reason, count) -> reasons.put(reason, count.sum()));
    List<ChannelCounts.SubscriptionCounts> each = new ArrayList<>();
    subscriptions.forEach((uid, subscription) ->
        each.add(
            new ChannelCounts.SubscriptionCounts(
                uid,
                subscription.subscriber().name(),
                subscription.counted(),
                subscription.backlog())));
    EventLog of = log;
    long bytes = of == null ? 0 : of.stats().bytes();
    ChannelCounts.Kept kept =
        new ChannelCounts.Kept(accepted.sum(), duplicates.sum(), warned.sum());
    return new ChannelCounts(channel.id(), kept, reasons, bytes, each);
  }

  /** Cursors that the log keeps and no subscriber has; the log may ask a broker. */
  Set<String> strays() {
    EventLog of = log;
    Set<String> strays = new TreeSet<>(of == null ? Set.of() : of.cursors());
    strays.removeIf(each -> subscriptions.containsKey(each) || Followers.has(each));
    return strays;
  }

  ObservedChannel observed() {
    EventLog of = log;
    boolean ready = of != null && !of.stats().failed();
    String message = ready ? "" : problem.isEmpty() ? "the log failed" : problem;
    List<ObservedChannel.ObservedSubscriber> each = new ArrayList<>();
    subscriptions.forEach((uid, subscription) -> {
      long generation = subscription.observedGeneration();
      each.add(
          new ObservedChannel.ObservedSubscriber(
              uid,
              subscription.subscriber().name(),
              generation,
              ready && generation >= 0,
              ready ? subscription.problem() : message,
              subscription.lastCall()));
    });
    return new ObservedChannel(channel.id(), ready, message, List.copyOf(each));
  }
}

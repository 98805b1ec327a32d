package io.leat.proxy.fanout.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.account.LastCall;
import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.delivery.rule.RetryRules;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.event.WrittenEvent;
import io.leat.proxy.fanout.role.Reply;
import io.leat.proxy.fanout.role.RoleOutcome;
import io.leat.proxy.fanout.role.RoleReplies;
import io.leat.proxy.fanout.role.RoleRequests;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.fanout.stored.Traces;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one item of a subscription after the other to its end: sent, tried again, handed on, or
 * dead-lettered. Used by the subscription's event loop.
 *
 * <p>An item is finished only when what follows from it is durable: its hops as records of this log
 * or as events of another Channel's, its dead letter as a record.
 */
final class Deliverer {
  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);
  private static final int ERROR_BYTES = 1024;
  private static final int HOP_SALT = 1;
  private static final byte[] NOTHING = {};

  /** The status of what the Channel itself refuses. */
  private static final int NO_ANSWER = 0;

  private final Subscription owner;
  private final Subscription.Surroundings around;
  private final Parcels parcels;

  /**
   * One item as it is sent now.
   *
   * @param original what is dead-lettered
   * @param asks whether the answer means something
   * @param deadLetter whether it goes to the dead letter sink
   */
  private record Errand(
      Item item,
      String uri,
      StoredEvent stored,
      StoredEvent original,
      boolean asks,
      boolean deadLetter) {}

  Deliverer(Subscription owner, Subscription.Surroundings around, Parcels parcels) {
    this.owner = owner;
    this.around = around;
    this.parcels = parcels;
  }

  /** Starts an item that is counted as in flight and has its bytes. */
  void start(Item item) {
    byte[] payload = item.payload;
    ChannelSubscriber to = owner.subscriber();
    Groups.Group group = item.group;
    if (group != null) {
      group(item, group, to);
      return;
    }
    try {
      if (payload == null) {
        throw new CorruptEventException("record " + item.offset + ": no bytes");
      }
      switch (item.kind) {
        case StoredEvent.EVENT -> event(item, StoredEvent.of(payload), to);
        case StoredEvent.FORWARD -> forward(item, StoredEvent.Forward.of(payload), to);
        case StoredEvent.TOMBSTONE, StoredEvent.TOMBSTONES -> owner.tombstone(item, payload);
        default -> owner.done(item);
      }
    } catch (CorruptEventException corrupt) {
      LOG.error("{}: record {}: {}", to.name(), item.offset, corrupt.getMessage());
      owner.count(DeliveryOutcome.DROPPED);
      owner.done(item);
    }
  }

  private void event(Item item, StoredEvent stored, ChannelSubscriber to) {
    CloudEvent event = stored.event();
    boolean givenUp = item.offset < owner.givenUpBefore();
    if (!givenUp && !entered(item, event, 0, to)) {
      return;
    }
    if (item.receipt == null) {
      item.receipt =
          new Receipt(event.source(), event.id(), Receipt.State.IN_FLIGHT, item.tries, 0, 0);
    }
    if (givenUp) {
      String call = to.call() == null ? to.reply() : to.call();
      Errand late = new Errand(item, call == null ? "" : call, stored, stored, false, false);
      deadLetter(late, NO_ANSWER, "retention: beyond the limits of the channel".getBytes(UTF_8));
      return;
    }
    Groups groups = owner.groups();
    if (groups != null && !expired(event)) {
      groups.offer(item, stored);
      return;
    }
    boolean called = RoleReplies.isCalled(to);
    String uri = called || to.reply() == null ? to.call() : to.reply();
    if (uri == null || expired(event)) {
      end(item, DeliveryOutcome.EXPIRED, Receipt.State.DROPPED, 0);
    } else if (stored.path().size() - 1 > around.limits().hops()) {
      Errand looping = new Errand(item, uri, stored, stored, false, false);
      String path = "hops: " + String.join(" > ", stored.path());
      deadLetter(looping, Rejection.LOOP_DETECTED.status(), path.getBytes(UTF_8));
    } else if (!called && to.splitPath() != null) {
      Errand split = new Errand(item, uri, stored, stored, false, false);
      Reply none = new Reply(NO_ANSWER, Map.of(), NOTHING);
      act(split, none, RoleReplies.splitLocally(to, event));
    } else {
      send(new Errand(item, uri, stored, stored, called, false), to);
    }
  }

  private void group(Item item, Groups.Group group, ChannelSubscriber to) {
    StoredEvent first = group.first();
    String call = to.call();
    String uri = call == null ? "" : call;
    Errand errand = new Errand(item, uri, first, first, true, false);
    if (call == null || group.discarded()) {
      deadLetter(errand, NO_ANSWER, "timeout: the group was not whole".getBytes(UTF_8));
      return;
    }
    WrittenEvent members =
        RoleRequests.group(
            group.stored().stream().map(StoredEvent::event).toList(), group.partial());
    owner
        .loop()
        .courier()
        .send(parcels.group(to, uri, members, first), attempt -> ended(errand, attempt));
  }

  /** An event that cannot be a member of any group goes to the dead letter sink. */
  void refused(Item item, StoredEvent stored, RoleOutcome.Violation violation) {
    String call = owner.subscriber().call();
    Errand errand = new Errand(item, call == null ? "" : call, stored, stored, true, false);
    violation(errand, NO_ANSWER, violation.reason() + ": " + violation.detail());
  }

  private void forward(Item item, StoredEvent.Forward forward, ChannelSubscriber to) {
    StoredEvent stored = forward.stored();
    if (!entered(item, stored.event(), HOP_SALT + forward.uri().hashCode(), to)) {
      return;
    }
    if (!forward.deadLetter() && expired(stored.event())) {
      end(item, DeliveryOutcome.EXPIRED, Receipt.State.DROPPED, 0);
      return;
    }
    StoredEvent original = forward.original();
    send(
        new Errand(
            item,
            forward.uri(),
            stored,
            original == null ? stored : original,
            false,
            forward.deadLetter()),
        to);
  }

  private boolean entered(Item item, CloudEvent event, int salt, ChannelSubscriber to) {
    String key = to.delivery().ordered() ? event.attribute("partitionkey") : null;
    return key == null || owner.entered(item, key, salt);
  }

  private boolean expired(CloudEvent event) {
    String until = event.attribute("expirytime");
    if (until == null) {
      return false;
    }
    try {
      return !OffsetDateTime.parse(until).toInstant().isAfter(around.clock().instant());
    } catch (DateTimeException noTime) {
      return false;
    }
  }

  private void send(Errand errand, ChannelSubscriber to) {
    // A Channel answers 202, which means something to transformers only.
    boolean takesAny = !errand.asks() || to.role() == SubscriptionRole.TRANSFORMER;
    ChannelId channel = takesAny ? around.channels().channel(errand.uri()) : null;
    if (channel != null) {
      around.channels().append(channel, errand.stored(), new HandedOn(errand));
      return;
    }
    Courier.Parcel parcel =
        errand.asks()
            ? parcels.call(to, errand.uri(), errand.stored())
            : parcels.hop(to, errand.uri(), errand.stored());
    owner.loop().courier().send(parcel, attempt -> ended(errand, attempt));
  }

  /** Tells the event loop what another Channel of this process made of an event. */
  private final class HandedOn implements ChannelPort.Taken {
    private final Errand errand;

    HandedOn(Errand errand) {
      this.errand = errand;
    }

    @Override
    public void appended(AppendOutcome outcome, long offset) {
      owner.loop().execute(() -> Deliverer.this.appended(errand, outcome));
    }

    @Override
    public void broken(String problem) {
      int status = Rejection.EVENT_SCHEMA.status();
      byte[] body = problem.getBytes(UTF_8);
      owner
          .loop()
          .execute(() -> ended(errand, new Courier.Attempt.Answered(status, Map.of(), body)));
    }
  }

  /** Another Channel of this process took the event, or did not. */
  private void appended(Errand errand, AppendOutcome outcome) {
    ended(
        errand,
        switch (outcome) {
          case DURABLE -> new Courier.Attempt.Answered(202, Map.of(), NOTHING);
          case FULL -> new Courier.Attempt.NotTried(Rejection.CHANNEL_FULL);
          case NO_SPACE, FAILED -> new Courier.Attempt.Failed(Rejection.CHANNEL_UNAVAILABLE);
        });
  }

  private void ended(Errand errand, Courier.Attempt attempt) {
    Item item = errand.item();
    if (!owner.current(item)) {
      return;
    }
    switch (attempt) {
      case Courier.Attempt.Answered answered -> answered(errand, answered);
      case Courier.Attempt.TooLarge large -> {
        item.tries++;
        told(large.status(), "reply_too_large");
        if (errand.asks()) {
          violation(errand, large.status(), "reply_too_large");
        } else {
          succeeded(errand, large.status());
        }
      }
      case Courier.Attempt.Failed(Rejection reason) -> {
        item.tries++;
        told(0, reason.details());
        failed(errand, reason.status(), reason.details().getBytes(UTF_8), null);
      }
      case Courier.Attempt.NotTried(Rejection reason) -> {
        item.putOff++;
        owner.count(DeliveryOutcome.HELD);
        told(0, reason.details());
        owner.later(item, RetryRules.patience(item.putOff, around.limits().deadLetterBackoff()));
      }
    }
  }

  private void answered(Errand errand, Courier.Attempt.Answered answer) {
    Item item = errand.item();
    item.tries++;
    item.putOff = 0;
    int status = answer.status();
    boolean good = status >= 200 && status < 300;
    told(status, good ? "" : "the subscriber answered " + status);
    if (!good) {
      List<String> retryAfter = answer.headers().get("retry-after");
      failed(errand, status, answer.body(), retryAfter == null ? null : retryAfter.getFirst());
    } else if (errand.asks()) {
      Reply reply = new Reply(status, answer.headers(), answer.body());
      act(errand, reply, RoleReplies.decide(owner.subscriber(), errand.stored().event(), reply));
    } else {
      succeeded(errand, status);
    }
  }

  private void told(int status, String message) {
    boolean good = status >= 200 && status < 300;
    owner.called(new LastCall(good, status, message, around.clock().millis()));
  }

  private void succeeded(Errand errand, int status) {
    boolean event = errand.item().kind == StoredEvent.EVENT;
    DeliveryOutcome outcome =
        errand.deadLetter()
            ? DeliveryOutcome.DEAD_LETTERED
            : event ? DeliveryOutcome.DELIVERED : DeliveryOutcome.FORWARDED;
    end(errand.item(), outcome, Receipt.State.DELIVERED, status);
  }

  private void end(Item item, DeliveryOutcome outcome, Receipt.State state, int status) {
    owner.count(outcome);
    owner.note(item, state, status, 0);
    owner.done(item);
  }

  private void act(Errand errand, Reply reply, RoleOutcome outcome) {
    RoleOutcome.Note said = outcome.note();
    if (said == RoleOutcome.Note.UNKNOWN_ROUTE) {
      owner.count(DeliveryOutcome.UNKNOWN_ROUTE);
    }
    switch (outcome) {
      case RoleOutcome.Done done ->
          conclude(errand.item(), List.of(), () -> succeeded(errand, reply.status()));
      case RoleOutcome.Violation(String reason, String detail) ->
          violation(errand, reply.status(), reason + ": " + detail);
      case RoleOutcome.Forward(List<RoleOutcome.Hop> hops, _) -> {
        List<LogRecord> records = new ArrayList<>(hops.size());
        for (RoleOutcome.Hop hop : hops) {
          records.add(record(errand, reply, hop));
        }
        conclude(errand.item(), records, () -> succeeded(errand, reply.status()));
      }
    }
  }

  /** Makes durable what follows from an item, and that its group is closed, before it ends. */
  private void conclude(Item item, List<LogRecord> following, Runnable durable) {
    Groups.Group group = item.group;
    List<LogRecord> records = new ArrayList<>(following);
    if (group != null) {
      records.add(group.record(owner.cursorName()));
    }
    if (records.isEmpty()) {
      durable.run();
    } else {
      persist(item, records, durable, 1);
    }
  }

  private LogRecord record(Errand errand, Reply reply, RoleOutcome.Hop hop) {
    StoredEvent from = errand.stored();
    boolean same = hop.event().equals(from.event());
    List<String> fields = same ? from.fields() : Traces.fields(from, hop.event(), reply.headers());
    StoredEvent next = new StoredEvent(hop.event(), from.path(), fields);
    ChannelSubscriber to = owner.subscriber();
    // Upstream dead-letters the event that the subscriber was called with, not its reply; parts of
    // a split and aggregates stand for themselves.
    boolean withOriginal =
        !same && to.role() == SubscriptionRole.TRANSFORMER && to.delivery().deadLetter() != null;
    return new StoredEvent.Forward(hop.uri(), false, next, withOriginal ? from : null)
        .record(owner.cursorName());
  }

  /** Appends to the own log, again and again until it is durable: the outcome is known by then. */
  private void persist(Item item, List<LogRecord> records, Runnable durable, int n) {
    owner
        .log()
        .append(
            records,
            (outcome, offset) ->
                owner
                    .loop()
                    .execute(() -> {
                      if (!owner.current(item)) {
                        return;
                      }
                      if (outcome == AppendOutcome.DURABLE) {
                        owner.appended(offset, records);
                        durable.run();
                      } else {
                        Duration pause =
                            RetryRules.patience(n, around.limits().deadLetterBackoff());
                        owner
                            .loop()
                            .after(pause.toNanos(), () -> persist(item, records, durable, n + 1));
                      }
                    }));
  }

  private void failed(Errand errand, int status, byte[] body, @Nullable String retryAfter) {
    Item item = errand.item();
    DeliveryPolicy policy = owner.subscriber().delivery();
    Duration most = around.limits().maxBackoff();
    if (errand.deadLetter()) {
      again(item, status, RetryRules.patience(item.tries, around.limits().deadLetterBackoff()));
    } else if (RetryRules.retried(status) && item.tries <= policy.retries()) {
      Duration backoff = RetryRules.pause(policy, item.tries, most);
      Instant now = around.clock().instant();
      again(item, status, RetryRules.pause(policy, backoff, status, retryAfter, now));
    } else {
      deadLetter(errand, status, body);
    }
  }

  private void again(Item item, int status, Duration pause) {
    owner.count(DeliveryOutcome.RETRIED);
    long due = around.clock().millis() + pause.toMillis();
    owner.note(item, Receipt.State.RETRYING, status, due);
    owner.later(item, pause);
  }

  private void violation(Errand errand, int status, String reason) {
    owner.count(DeliveryOutcome.VIOLATION);
    deadLetter(errand, status, reason.getBytes(UTF_8));
  }

  private void deadLetter(Errand errand, int status, byte[] data) {
    Item item = errand.item();
    Groups.Group group = item.group;
    List<StoredEvent> lost = group == null ? List.of(errand.original()) : group.stored();
    String sink = owner.subscriber().delivery().deadLetter();
    if (sink == null || errand.original().path().size() > 2 * around.limits().hops()) {
      for (StoredEvent each : lost) {
        dropped(each.event(), errand.uri(), status);
      }
      owner.note(item, Receipt.State.DROPPED, status, 0);
      conclude(item, List.of(), () -> owner.done(item));
      return;
    }
    List<LogRecord> letters = new ArrayList<>(lost.size());
    for (StoredEvent each : lost) {
      CloudEvent letter = letter(each.event(), errand.uri(), status, data);
      List<String> fields = group == null ? errand.stored().fields() : each.fields();
      StoredEvent stored = new StoredEvent(letter, each.path(), fields);
      letters.add(new StoredEvent.Forward(sink, true, stored, null).record(owner.cursorName()));
    }
    conclude(
        item,
        letters,
        () -> {
          owner.note(item, Receipt.State.DEAD_LETTERED, status, 0);
          owner.done(item);
        });
  }

  private void dropped(CloudEvent event, String uri, int status) {
    String name = owner.subscriber().name();
    LOG.warn("{} dropped {} of {}: {} answered {}", name, event.id(), event.source(), uri, status);
    owner.count(DeliveryOutcome.DROPPED);
  }

  private static CloudEvent letter(CloudEvent lost, String uri, int status, byte[] data) {
    CloudEvent letter = lost.with("knativeerrordest", uri).with("knativeerrorcode", status);
    if (data.length == 0) {
      return letter;
    }
    byte[] kept = data.length > ERROR_BYTES ? Arrays.copyOf(data, ERROR_BYTES) : data;
    return letter.with("knativeerrordata", Base64.getEncoder().encodeToString(kept));
  }
}

package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventLimits;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Note;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.ChannelSubscriber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a subscriber's answer means by its role: {@code docs/spec/roles.md}, version 1.
 *
 * <p>Pure: the same answer to the same event always leads to the same outcome, so that a decision
 * which was lost before it was durable is made again without a difference.
 */
public final class RoleReplies {
  static final EventReader READER = new EventReader(EventLimits.DEFAULT);

  private RoleReplies() {}

  /**
   * What becomes of an event whose subscriber answered.
   *
   * @param to with a call
   * @param event what the subscriber got; of a group that the Channel formed, its first member
   * @param reply of status 200 to 299; others are matters of delivery
   */
  public static RoleOutcome decide(ChannelSubscriber to, CloudEvent event, Reply reply) {
    return switch (to.role()) {
      case TRANSFORMER -> transformed(to, reply, true);
      case FILTER -> FilterVerdict.decide(to, event, reply);
      case ROUTER -> RouteChoice.decide(to, event, reply);
      case SPLITTER -> Splitting.decide(to, event, reply);
      case AGGREGATOR -> transformed(to, reply, false);
    };
  }

  /**
   * What becomes of an event of which nobody is asked: without a call it goes on as it is, and with
   * a split path the Channel splits it.
   */
  public static RoleOutcome withoutCall(ChannelSubscriber to, CloudEvent event) {
    return to.splitPath() == null ? forward(to, event) : splitLocally(to, event);
  }

  /**
   * Whether the subscriber is called at all; otherwise {@link #withoutCall} decides. A splitter
   * with a split path is not called, even where there is a call.
   */
  public static boolean isCalled(ChannelSubscriber to) {
    return to.call() != null && to.splitPath() == null;
  }

  /** What becomes of an event whose JSON data the Channel splits by the split path. */
  public static RoleOutcome splitLocally(ChannelSubscriber to, CloudEvent event) {
    return Splitting.locally(to, event);
  }

  /** An event to the reply of the subscription; done when it has none. */
  static RoleOutcome forward(ChannelSubscriber to, CloudEvent event) {
    String reply = to.reply();
    return reply == null ? new Done() : new Forward(List.of(new Hop(reply, event)));
  }

  private static RoleOutcome transformed(ChannelSubscriber to, Reply reply, boolean lenient) {
    if (to.reply() == null || reply.isEmpty()) {
      return new Done();
    }
    EventReading reading = READER.read(reply.source(), reply.body());
    if (lenient && reading instanceof Unreadable other && other.kind() == Kind.NO_EVENT) {
      return new Done(Note.UNKNOWN_ENCODING);
    }
    Violation violation = moreThanOne(reading);
    if (violation != null) {
      return violation;
    }
    CloudEvent answer = first(reading);
    return answer == null ? new Done() : forward(to, answer);
  }

  /** What is wrong with an answer that has to be one event or none; null when nothing is. */
  static @Nullable Violation moreThanOne(EventReading reading) {
    return switch (reading) {
      case Unreadable unreadable -> violation(unreadable);
      case Events events when events.events().size() > 1 ->
          new Violation(
              Breach.SEVERAL_EVENTS, events.events().size() + " events (expected: at most 1)");
      case Events _ -> null;
    };
  }

  static Violation violation(Unreadable unreadable) {
    Breach breach =
        switch (unreadable.kind()) {
          case NO_EVENT -> Breach.NOT_AN_EVENT;
          case UNKNOWN_FORMAT, TOO_LARGE, MALFORMED -> Breach.UNREADABLE_REPLY;
        };
    return new Violation(breach, unreadable.problem());
  }

  /** The one event of an answer; null when there is none. */
  static @Nullable CloudEvent first(EventReading reading) {
    return reading instanceof Events events && !events.events().isEmpty()
        ? events.events().getFirst()
        : null;
  }
}

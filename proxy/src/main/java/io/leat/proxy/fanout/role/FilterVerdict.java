package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.ChannelSubscriber;
import java.nio.charset.StandardCharsets;

/** Reads the verdict of a filter; what goes on is the event as it came, never the answer. */
final class FilterVerdict {
  private static final String EXPECTED =
      " (expected: 200 with an event or JSON true to pass; nothing or JSON false to drop)";

  private FilterVerdict() {}

  static RoleOutcome decide(ChannelSubscriber to, CloudEvent event, Reply reply) {
    if (to.reply() == null || reply.isEmpty()) {
      return new Done();
    }
    EventReading reading = RoleReplies.READER.read(reply.source(), reply.body());
    return switch (reading) {
      case Events events when reply.status() == 200 && events.events().size() == 1 ->
          RoleReplies.forward(to, event);
      case Events events ->
          none("status " + reply.status() + " with " + events.events().size() + " events");
      case Unreadable unreadable when unreadable.kind() != Kind.NO_EVENT ->
          RoleReplies.violation(unreadable);
      case Unreadable _ -> word(to, event, reply);
    };
  }

  private static RoleOutcome word(ChannelSubscriber to, CloudEvent event, Reply reply) {
    if (!JsonReplies.isJson(reply)) {
      return none("a body that is not JSON");
    }
    String word = new String(reply.body(), StandardCharsets.ISO_8859_1).strip();
    if (word.equals("false")) {
      return new Done();
    }
    return word.equals("true") && reply.status() == 200
        ? RoleReplies.forward(to, event)
        : none("status " + reply.status() + " with other JSON");
  }

  private static Violation none(String what) {
    return new Violation(Breach.NO_VERDICT, what + EXPECTED);
  }
}

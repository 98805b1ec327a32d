package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import java.util.List;

/** What is to happen with an event after its subscriber answered with success. */
public sealed interface RoleOutcome {

  /** The event is finished. */
  record Done() implements RoleOutcome {}

  /** Events go on, each to its own place; all of them are made durable before the first is sent. */
  record Forward(List<Hop> hops) implements RoleOutcome {
    /** Copies the list. */
    public Forward {
      hops = List.copyOf(hops);
    }
  }

  /**
   * The answer is not one that the role allows: the event is dead-lettered and not tried again.
   *
   * @param reason a token of {@code docs/spec/roles.md}
   */
  record Violation(String reason) implements RoleOutcome {}

  /**
   * One event on its way to one place.
   *
   * @param uri absolute http URI
   */
  record Hop(String uri, CloudEvent event) {}
}

package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to happen with an event after its subscriber answered with success. */
public sealed interface RoleOutcome {

  /** Something worth counting that changes nothing. */
  enum Note {
    /** A transformer answered with something that is no event: discarded. */
    UNKNOWN_ENCODING("unknown_encoding"),
    /** A router named a route that its subscription does not have. */
    UNKNOWN_ROUTE("unknown_route"),
    /** A router named no route and there is no default: the event is dropped. */
    DROPPED_NO_ROUTE("dropped_no_route");

    private final String token;

    Note(String token) {
      this.token = token;
    }

    /** The name of it in metrics. */
    public String token() {
      return token;
    }
  }

  /** What is to be counted; null for nothing. */
  default @Nullable Note note() {
    return null;
  }

  /** The event is finished. */
  record Done(@Nullable Note note) implements RoleOutcome {
    /** Finished, and nothing to say of it. */
    public Done() {
      this(null);
    }
  }

  /** Events go on, each to its own place; all of them are made durable before the first is sent. */
  record Forward(List<Hop> hops, @Nullable Note note) implements RoleOutcome {
    /** Copies the list. */
    public Forward {
      hops = List.copyOf(hops);
    }

    /** Events go on, and nothing is to be said of it. */
    public Forward(List<Hop> hops) {
      this(hops, null);
    }
  }

  /**
   * The answer is not one that the role allows: the event is dead-lettered and not tried again.
   *
   * @param reason a token of {@code docs/spec/roles.md}
   * @param detail one sentence in printable ASCII, under 400 characters
   */
  record Violation(String reason, String detail) implements RoleOutcome {
    Violation(Breach breach, String detail) {
      this(breach.token(), detail);
    }
  }

  /**
   * One event on its way to one place.
   *
   * @param uri absolute http URI
   */
  record Hop(String uri, CloudEvent event) {}
}

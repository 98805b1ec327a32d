package io.leat.proxy.fanout.event;

import java.util.List;

/** What an HTTP message turned out to hold. */
public sealed interface EventReading {

  /** Why a message gave no events. */
  enum Kind {
    /** It does not say that it holds events: no {@code ce-specversion}, no media type of events. */
    NO_EVENT,
    /** It holds events in a format other than JSON, or in JSON that is not in UTF-8. */
    UNKNOWN_FORMAT,
    /** A batch of too many, or an event with too much in its attributes. */
    TOO_LARGE,
    /** It breaks a rule of CloudEvents. */
    MALFORMED
  }

  /**
   * Every event of the message.
   *
   * @param events one unless the mode is batched
   */
  record Events(ContentMode mode, List<CloudEvent> events) implements EventReading {
    /** Copies the list. */
    public Events {
      events = List.copyOf(events);
    }
  }

  /**
   * Nothing of the message is of use.
   *
   * @param problem place, what was found and the rule; under 300 characters of printable ASCII
   */
  record Unreadable(Kind kind, String problem) implements EventReading {}
}

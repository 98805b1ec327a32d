package io.leat.proxy.fanout.role;

import java.util.Locale;

/** Why an event is dead-lettered although its subscriber answered; {@code docs/spec/roles.md} 8. */
public enum Breach {
  /** The answer says that it is an event, and breaks a rule of CloudEvents. */
  UNREADABLE_REPLY,
  /** The answer is no event, and nothing else that the role takes. */
  NOT_AN_EVENT,
  /** The answer holds several events, and the role takes one. */
  SEVERAL_EVENTS,
  /** A filter's answer is neither pass nor drop. */
  NO_VERDICT,
  /** A router's names are neither a string nor an array of strings. */
  ROUTE_NAMES,
  /** A router named only routes that are not there, and there is no default. */
  NO_ROUTE,
  /** A splitter answered more events than it may. */
  TOO_MANY_EVENTS,
  /** Two events of a splitter have the same source and id. */
  DUPLICATE_EVENT,
  /** The event's data has no array where the split path points to. */
  SPLIT_PATH,
  /** A member of an aggregation has no attribute that names its group. */
  NO_GROUP,
  /** A member says nothing, or something else than the others, of the size of its group. */
  GROUP_SIZE,
  /** A member is of another version of CloudEvents than the others of its group. */
  GROUP_VERSION,
  /** A member came after its group was closed. */
  LATE;

  private final String token = name().toLowerCase(Locale.ROOT);

  /** The name of it in dead letters and metrics. */
  public String token() {
    return token;
  }
}

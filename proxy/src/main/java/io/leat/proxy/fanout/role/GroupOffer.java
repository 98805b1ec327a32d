package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import java.util.List;

/** What became of an event that was offered to the groups of an aggregation, or of a group. */
public sealed interface GroupOffer {

  /** One event of a group, with its place in the log. */
  record Member(long offset, CloudEvent event) {}

  /** The event is a member; its group is not whole yet. */
  record Absorbed(String key) implements GroupOffer {}

  /** The group has this member already: the event is finished. */
  record Duplicate(String key) implements GroupOffer {}

  /** The group was closed without the event: it is dead-lettered. */
  record Late(String key) implements GroupOffer {
    /** The reason for the dead letter. */
    public Violation violation() {
      return new Violation(Breach.LATE, "a member of a group that is closed");
    }
  }

  /**
   * The aggregator is to be called with the members, and the group is closed.
   *
   * @param members by split index if each of them has one, otherwise by offset
   * @param partial whether the group timed out
   */
  record Complete(String key, List<Member> members, boolean partial, ClosedGroup tombstone)
      implements GroupOffer {
    /** Copies the list. */
    public Complete {
      members = List.copyOf(members);
    }

    /** The events of the members, in their order. */
    public List<CloudEvent> events() {
      return members.stream().map(Member::event).toList();
    }
  }

  /** The group timed out, and its members are to be dead-lettered. */
  record Discarded(String key, List<Member> members, ClosedGroup tombstone) implements GroupOffer {
    /** Copies the list. */
    public Discarded {
      members = List.copyOf(members);
    }
  }

  /**
   * There is no room; nothing changed, and the event may be offered again later.
   *
   * @param cap {@code members}, {@code groups} or {@code bytes}
   */
  record OverCap(String cap) implements GroupOffer {}

  /** The event can be in no group: it is dead-lettered. */
  record Refused(Violation violation) implements GroupOffer {}
}

package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.GroupOffer.Absorbed;
import io.leat.proxy.fanout.role.GroupOffer.Complete;
import io.leat.proxy.fanout.role.GroupOffer.Discarded;
import io.leat.proxy.fanout.role.GroupOffer.Duplicate;
import io.leat.proxy.fanout.role.GroupOffer.Late;
import io.leat.proxy.fanout.role.GroupOffer.OverCap;
import io.leat.proxy.fanout.role.GroupOffer.Refused;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.AggregatePolicy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The groups that a Channel forms for one aggregator: which are open, and which keys are taken.
 *
 * <p>Nothing but memory, and no clock: whoever owns the log offers it every member that is not
 * finished, in their order, and gets the same groups again after a restart. Bounded by {@link
 * GroupCaps}. Used by one thread at a time.
 */
public final class GroupState {
  static final int MAX_INDEX = 1 << 20;

  private static final int LONGEST_KEY = 256;

  private final AggregatePolicy policy;
  private final GroupCaps caps;
  private final @Nullable String untilName;
  private final @Nullable String untilValue;
  private final SequencedMap<String, OpenGroup> open = new LinkedHashMap<>();
  private final SequencedMap<String, ClosedGroup> closed = new LinkedHashMap<>();
  private long bytes;
  private long latest = Long.MIN_VALUE;

  /**
   * No groups yet.
   *
   * @throws IllegalArgumentException when the policy's size is above the cap of members, or its
   *     {@code until} is not {@code attribute=value}
   */
  public GroupState(AggregatePolicy policy, GroupCaps caps) {
    this.policy = policy;
    this.caps = caps;
    if (policy.size() > caps.members()) {
      throw new IllegalArgumentException(
          "size: " + policy.size() + " (expected: at most " + caps.members() + ")");
    }
    String until = policy.until();
    int equal = until == null ? -1 : until.indexOf('=');
    if (until != null && equal < 1) {
      throw new IllegalArgumentException("until: " + until + " (expected: attribute=value)");
    }
    untilName = until == null ? null : until.substring(0, equal);
    untilValue = until == null ? null : until.substring(equal + 1);
  }

  /** Groups that are open. */
  public int groups() {
    return open.size();
  }

  /** About how many bytes the members of open groups take. */
  public long bytes() {
    return bytes;
  }

  /** Closed keys that are remembered. */
  public int closedGroups() {
    return closed.size();
  }

  /** When {@link #expire} has something to do, in the time of the offers; MAX_VALUE for never. */
  public long nextDeadline() {
    return policy.timeout() == null || open.isEmpty()
        ? Long.MAX_VALUE
        : open.firstEntry().getValue().openedAt() + policy.timeout().toMillis();
  }

  /**
   * Remembers a key that was closed before a restart.
   *
   * @return the members of its group that were offered again meanwhile; it is open no longer
   */
  public List<GroupOffer.Member> remember(ClosedGroup group) {
    OpenGroup again = open.remove(group.key());
    if (again != null) {
      bytes -= again.bytes();
    }
    // The one that was closed last has to be the last one in the map.
    closed.remove(group.key());
    closed.put(group.key(), group);
    if (closed.size() > caps.closed()) {
      closed.pollFirstEntry();
    }
    return again == null ? List.of() : again.ordered();
  }

  /**
   * Offers an event that wants to be a member.
   *
   * @param now when the event arrived, in milliseconds since 1970: what its log says
   */
  public GroupOffer offer(long offset, CloudEvent event, long now) {
    // Groups are in the order of their deadlines only while time does not run back.
    latest = Math.max(latest, now);
    forget(latest);
    String key = key(event);
    if (key == null) {
      return refused(Breach.NO_GROUP, "no attribute that names its group");
    }
    ClosedGroup before = closed.get(key);
    if (before != null) {
      return before.whole() ? new Duplicate(key) : new Late(key);
    }
    int size =
        policy.size() == AggregatePolicy.AS_SPLIT ? OpenGroup.splitSize(event) : policy.size();
    OpenGroup group = open.get(key);
    Violation violation = violation(group, event, size);
    if (violation != null) {
      return new Refused(violation);
    }
    if (group != null && group.has(event, isSplit())) {
      return new Duplicate(key);
    }
    String cap = fullCap(group, event);
    if (cap != null) {
      return new OverCap(cap);
    }
    if (group == null) {
      group = new OpenGroup(event.specversion(), size, latest);
      open.put(key, group);
    }
    group.add(offset, event);
    bytes += OpenGroup.sizeOf(event);
    boolean whole = group.size() > 0 && group.count() >= group.size();
    if (!whole && !isLast(event)) {
      return new Absorbed(key);
    }
    open.remove(key);
    ClosedGroup tombstone = close(key, group, whole && isSplit());
    return new Complete(key, group.ordered(), false, tombstone);
  }

  private boolean isSplit() {
    return policy.size() == AggregatePolicy.AS_SPLIT;
  }

  private boolean isLast(CloudEvent event) {
    return untilName != null && untilValue != null && untilValue.equals(event.attribute(untilName));
  }

  /** The key of the event's group; of a long one its hash, so that keys are bounded. */
  private @Nullable String key(CloudEvent event) {
    String by = policy.by();
    String key = event.attribute(by == null ? "knativesplitid" : by);
    if (key == null && by == null) {
      key = event.attribute("correlationid");
    }
    if (key == null || key.isEmpty()) {
      return null;
    }
    return key.length() > LONGEST_KEY ? "sha256:" + Splitting.hash(key, "") : key;
  }

  private @Nullable Violation violation(@Nullable OpenGroup group, CloudEvent event, int size) {
    if (isSplit()) {
      int index = OpenGroup.index(event);
      if (size < 1 || index < 0 || index >= size || size > caps.members()) {
        return new Violation(
            Breach.GROUP_SIZE,
            "knativesplitindex and knativesplitsize (expected: index below size, size at most "
                + caps.members()
                + ")");
      }
      if (group != null && group.size() != size) {
        return new Violation(
            Breach.GROUP_SIZE, "knativesplitsize: " + size + " (expected: " + group.size() + ")");
      }
    }
    return group != null && !group.version().equals(event.specversion())
        ? new Violation(Breach.GROUP_VERSION, "specversion (expected: " + group.version() + ")")
        : null;
  }

  private static Refused refused(Breach breach, String detail) {
    return new Refused(new Violation(breach, detail));
  }

  private @Nullable String fullCap(@Nullable OpenGroup group, CloudEvent event) {
    if (group == null && open.size() >= caps.groups()) {
      return "groups";
    }
    if (group != null && group.count() >= caps.members()) {
      return "members";
    }
    return bytes + OpenGroup.sizeOf(event) > caps.bytes() ? "bytes" : null;
  }

  private ClosedGroup close(String key, OpenGroup group, boolean whole) {
    bytes -= group.bytes();
    ClosedGroup tombstone = new ClosedGroup(key, whole, latest);
    closed.remove(key);
    closed.put(key, tombstone);
    if (closed.size() > caps.closed()) {
      closed.pollFirstEntry();
    }
    return tombstone;
  }

  private void forget(long now) {
    long before = now - caps.closedFor().toMillis();
    while (!closed.isEmpty() && closed.firstEntry().getValue().closedAt() < before) {
      closed.pollFirstEntry();
    }
  }

  /**
   * Closes the groups whose time is over, and forgets the keys that were closed long ago.
   *
   * @return {@link Complete} if the policy wants partial groups, otherwise {@link Discarded}
   */
  public List<GroupOffer> expire(long now) {
    latest = Math.max(latest, now);
    forget(latest);
    List<GroupOffer> over = new ArrayList<>();
    Iterator<Map.Entry<String, OpenGroup>> groups = open.entrySet().iterator();
    while (groups.hasNext() && nextDeadline() <= latest) {
      Map.Entry<String, OpenGroup> eldest = groups.next();
      groups.remove();
      String key = eldest.getKey();
      OpenGroup group = eldest.getValue();
      ClosedGroup tombstone = close(key, group, false);
      over.add(
          policy.partial()
              ? new Complete(key, group.ordered(), true, tombstone)
              : new Discarded(key, group.ordered(), tombstone));
    }
    return over;
  }
}

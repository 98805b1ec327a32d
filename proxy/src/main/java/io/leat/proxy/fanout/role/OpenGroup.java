package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.GroupOffer.Member;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The members of one group so far. */
final class OpenGroup {
  static final String INDEX = "knativesplitindex";
  static final String SIZE = "knativesplitsize";
  private static final long OVERHEAD = 128;

  private final List<Member> members = new ArrayList<>();
  private final Set<List<String>> identities = new HashSet<>();
  private final BitSet indexes = new BitSet();
  private final String version;
  private final int size;
  private final long openedAt;
  private long bytes;

  /**
   * A group without members.
   *
   * @param size how many make it whole, 0 when no number does
   */
  OpenGroup(String version, int size, long openedAt) {
    this.version = version;
    this.size = size;
    this.openedAt = openedAt;
  }

  String version() {
    return version;
  }

  int size() {
    return size;
  }

  long openedAt() {
    return openedAt;
  }

  long bytes() {
    return bytes;
  }

  int count() {
    return members.size();
  }

  /** Whether the group has the event; of the parts of a split, those of one index are the same. */
  boolean has(CloudEvent event, boolean split) {
    return identities.contains(identity(event)) || (split && indexes.get(index(event)));
  }

  void add(long offset, CloudEvent event) {
    members.add(new Member(offset, event));
    identities.add(identity(event));
    bytes += sizeOf(event);
    int index = index(event);
    if (index >= 0 && index < GroupState.MAX_INDEX) {
      indexes.set(index);
    }
  }

  /** By index if every member has one of its own, otherwise by offset. */
  List<Member> ordered() {
    List<Member> ordered = new ArrayList<>(members);
    boolean byIndex = indexes.cardinality() == members.size();
    ordered.sort(
        byIndex
            ? Comparator.comparingInt(member -> index(member.event()))
            : Comparator.comparingLong(Member::offset));
    return ordered;
  }

  private static List<String> identity(CloudEvent event) {
    return List.of(event.source(), event.id());
  }

  /** The place of a part in its split; -1 when there is none. */
  static int index(CloudEvent event) {
    return number(event, INDEX);
  }

  /** How many parts the split has; -1 when the event does not say. */
  static int splitSize(CloudEvent event) {
    return number(event, SIZE);
  }

  private static int number(CloudEvent event, String name) {
    String text = event.attribute(name);
    if (text == null || !text.matches("[0-9]{1,9}")) {
      return -1;
    }
    return Integer.parseInt(text);
  }

  /** About what an event takes in memory. */
  static long sizeOf(CloudEvent event) {
    byte[] data = event.data();
    long size = OVERHEAD + (data == null ? 0 : data.length);
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      size += attribute.getKey().length() + 2L * attribute.getValue().length();
    }
    return size;
  }
}

package io.leat.proxy.fanout.role;

import java.time.Duration;

/**
 * How much the groups of one aggregation may hold in memory.
 *
 * @param members of one group
 * @param groups open at once
 * @param bytes of all members of all open groups
 * @param closed keys of closed groups that are remembered; the oldest are forgotten first
 * @param closedFor how long a closed key is remembered
 */
public record GroupCaps(int members, int groups, long bytes, int closed, Duration closedFor) {

  /** A thousand members in each of 10,000 groups, 64 MiB, 100,000 closed keys for an hour. */
  public static final GroupCaps DEFAULT =
      new GroupCaps(1000, 10_000, 64L * 1024 * 1024, 100_000, Duration.ofHours(1));

  /** Rejects caps under which no group could be whole. */
  public GroupCaps {
    if (members < 1 || groups < 1 || bytes < 1 || closed < 1 || closedFor.isNegative()) {
      throw new IllegalArgumentException("caps: (expected: at least 1 of each, no negative time)");
    }
  }
}

package io.leat.control.serving.lifecycle;

import io.leat.control.resource.Rollout.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Shares in whole percents that add up to 100. */
final class Mix {
  private Mix() {}

  /**
   * Gives one revision a percentage, or what it has already if that is more, and leaves the others
   * the rest in the proportion that they had.
   */
  static List<Share> of(List<Share> from, String revision, long percent) {
    long had = 0;
    List<Share> others = new ArrayList<>();
    for (Share share : from) {
      if (share.revisionName().equals(revision)) {
        had += share.percent();
      } else {
        others.add(share);
      }
    }
    long own = Math.max(percent, had);
    List<Share> mixed = new ArrayList<>(scaled(others, 100 - own));
    long given = mixed.stream().mapToLong(Share::percent).sum();
    mixed.add(new Share(revision, 100 - given));
    return mixed;
  }

  /** Largest remainders first, so that the sum is exact; what comes to nothing is left out. */
  private static List<Share> scaled(List<Share> shares, long total) {
    long sum = shares.stream().mapToLong(Share::percent).sum();
    if (sum == 0 || total == 0) {
      return List.of();
    }
    long[] percents = new long[shares.size()];
    List<Integer> order = new ArrayList<>();
    long left = total;
    for (int i = 0; i < percents.length; i++) {
      percents[i] = shares.get(i).percent() * total / sum;
      left -= percents[i];
      order.add(i);
    }
    order.sort(Comparator.comparingLong(i -> -(shares.get(i).percent() * total % sum)));
    for (int i = 0; i < left; i++) {
      percents[order.get(i)]++;
    }
    List<Share> scaled = new ArrayList<>();
    for (int i = 0; i < percents.length; i++) {
      if (percents[i] > 0) {
        scaled.add(new Share(shares.get(i).revisionName(), percents[i]));
      }
    }
    return scaled;
  }
}

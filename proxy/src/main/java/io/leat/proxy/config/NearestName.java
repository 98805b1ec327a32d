package io.leat.proxy.config;

import org.jspecify.annotations.Nullable;

/** Finds the known name that a mistyped one most likely meant. */
public final class NearestName {
  private static final int LONGEST = 128;

  private NearestName() {}

  /**
   * The candidate with the fewest insertions, deletions, replacements and swaps of neighbours.
   *
   * @return null when even the nearest differs in more than a third of the name (at least two)
   */
  public static @Nullable String of(String name, Iterable<String> candidates) {
    if (name.length() > LONGEST) {
      return null;
    }
    String nearest = null;
    int best = Math.max(2, name.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(name, candidate);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int least =
        Math.min(cost[i - 1][j - 1] + replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}

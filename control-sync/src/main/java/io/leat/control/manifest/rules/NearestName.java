package io.leat.control.manifest.rules;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that a person probably meant. */
public final class NearestName {
  private static final int LONGEST = 64;

  private NearestName() {}

  /**
   * The candidate with the fewest edits from a word, letter case and dashes aside; null when none
   * is near. Ties go to the alphabetically first.
   */
  public static @Nullable String of(String word, Collection<String> candidates) {
    if (word.length() > LONGEST) {
      return null;
    }
    String plain = plain(word);
    int best = Math.max(1, plain.length() / 3) + 1;
    String nearest = null;
    for (String candidate : candidates.stream().sorted().toList()) {
      int distance = distance(plain, plain(candidate));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /** Edits between two words, where swapping neighbours is one edit. */
  private static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : cheapest(a, b, i, j, edits);
      }
    }
    return edits[a.length()][b.length()];
  }

  private static int cheapest(String a, String b, int i, int j, int[][] edits) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int cost =
        Math.min(edits[i - 1][j - 1] + change, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(cost, edits[i - 2][j - 2] + 1) : cost;
  }
}

package io.leat.control.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Lays out rows of text in columns that keep the widths of the first rows. */
public final class Columns {
  private static final int GAP = 3;

  private final int[] widths;

  /** Columns as wide as the widest cell of each. */
  public Columns(List<List<String>> rows) {
    int most = rows.stream().mapToInt(List::size).max().orElse(0);
    this.widths = new int[most];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
  }

  /** One row, without spaces at its end. */
  public String line(List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      int width = i < widths.length ? widths[i] : 0;
      line.append(row.get(i)).repeat(' ', Math.max(0, width - row.get(i).length()) + GAP);
    }
    return line.toString().stripTrailing();
  }

  /** Every row. */
  public static List<String> lines(List<List<String>> rows) {
    Columns columns = new Columns(rows);
    return rows.stream().map(columns::line).toList();
  }

  /** An age as kubectl shows it. */
  public static String age(String time, Instant now) {
    if (time.isEmpty()) {
      return "";
    }
    long seconds = Math.max(0, Duration.between(Instant.parse(time), now).toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 3 * 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}

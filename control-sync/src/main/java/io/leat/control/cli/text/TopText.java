package io.leat.control.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows rows of {@code leat top}, as a page or on a terminal that is drawn over. */
public final class TopText {
  private static final String NONE = "-";
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K\n";
  private static final String CLEAR_REST = "\u001b[J";

  private TopText() {}

  /** A head and a line per row. */
  public static List<String> lines(List<TopRow> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(
        List.of("ROUTE", "REVISION", "REQ/S", "5XX", "P50", "P99", "HELD", "SCALE", "ACTIVE"));
    for (TopRow row : rows) {
      cells.add(
          List.of(
              row.route().isEmpty() ? NONE : row.route(),
              row.revision(),
              number("%.1f", row.rps()),
              number("%.1f%%", row.errors() * 100),
              time(row.p50()),
              time(row.p99()),
              number("%.0f", row.held()),
              number("%.0f", row.desired()) + "/" + number("%.0f", row.ready()),
              number("%.0f", row.active())));
    }
    return Columns.lines(cells);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, format, value);
  }

  private static String time(double seconds) {
    return seconds < 1 ? number("%.1fms", seconds * 1000) : number("%.2fs", seconds);
  }

  /** What a terminal is sent to show these lines instead of the ones before. */
  public static String screen(String title, List<String> lines) {
    StringBuilder screen = new StringBuilder(HOME).append(title).append(CLEAR_LINE);
    lines.forEach(line -> screen.append(line).append(CLEAR_LINE));
    return screen.append(CLEAR_REST).toString();
  }

  /** The lines as they are. */
  public static String page(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }
}

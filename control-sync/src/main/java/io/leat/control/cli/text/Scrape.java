package io.leat.control.cli.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The series of a page of metrics in Prometheus text format. */
public final class Scrape {
  private final Map<String, List<Series>> byName = new HashMap<>();

  private Scrape() {}

  /** A value under its labels. */
  record Series(Map<String, String> labels, double value) {
    String label(String name) {
      return labels.getOrDefault(name, "");
    }
  }

  /** Reads a page; lines that are none of series are left out. */
  public static Scrape parse(String page) {
    Scrape scrape = new Scrape();
    page.lines().forEach(scrape::add);
    return scrape;
  }

  List<Series> of(String name) {
    return byName.getOrDefault(name, List.of());
  }

  private void add(String line) {
    int brace = line.indexOf('{');
    int space = line.indexOf(' ');
    if (line.startsWith("#") || space < 0) {
      return;
    }
    boolean labelled = brace >= 0 && brace < space;
    Map<String, String> labels = new HashMap<>();
    int end = labelled ? labels(line, brace + 1, labels) : space;
    String[] rest = line.substring(end).strip().split(" ", 2);
    String name = line.substring(0, labelled ? brace : space);
    byName
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(new Series(Map.copyOf(labels), number(rest[0])));
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  /** Reads {@code name="value",…}} and returns where the value of the series begins. */
  private static int labels(String line, int from, Map<String, String> into) {
    int at = from;
    while (at < line.length() && line.charAt(at) != '}') {
      int sign = line.indexOf('=', at);
      if (sign < 0) {
        return line.length();
      }
      String name = line.substring(at, sign);
      StringBuilder value = new StringBuilder();
      at = sign + 2;
      while (at < line.length() && line.charAt(at) != '"') {
        char c = line.charAt(at++);
        if (c == '\\' && at < line.length()) {
          char escaped = line.charAt(at++);
          value.append(escaped == 'n' ? '\n' : escaped);
        } else {
          value.append(c);
        }
      }
      into.put(name, value.toString());
      at++;
      if (at < line.length() && line.charAt(at) == ',') {
        at++;
      }
    }
    return Math.min(line.length(), at + 1);
  }
}

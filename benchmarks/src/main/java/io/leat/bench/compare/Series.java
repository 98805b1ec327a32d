package io.leat.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of several rounds: median, minimum and maximum. */
final class Series {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  double at(int round) {
    return values.get(round);
  }

  int rounds() {
    return values.size();
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
  }

  /** The median of the ratios round by round, so that a drift of the machine cancels out. */
  double ratioTo(Series other) {
    Series ratios = new Series();
    for (int i = 0; i < Math.min(rounds(), other.rounds()); i++) {
      ratios.add(at(i) / other.at(i));
    }
    return ratios.median();
  }

  /** Median, minimum and maximum; a dash when there is none. */
  String text(int decimals) {
    if (isEmpty()) {
      return "–";
    }
    double min = values.stream().min(Double::compare).orElseThrow();
    double max = values.stream().max(Double::compare).orElseThrow();
    String number = "%." + decimals + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + " to " + number + ")", median(), min, max);
  }
}

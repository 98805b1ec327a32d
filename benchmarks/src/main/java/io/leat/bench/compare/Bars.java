package io.leat.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What Leat must reach, beside what one comparison measured. */
final class Bars {
  private final Report report;
  private final List<Bar> bars = new ArrayList<>();

  /** One bar: what it says, and the figure, empty when the run did not measure it. */
  record Bar(String what, String bar, String measured, String met) {}

  private Bars(Report report) {
    this.report = report;
  }

  static List<Bar> of(Report report) {
    Bars bars = new Bars(report);
    bars.cpu(1024, 32, "haproxy", 0.85);
    bars.cpu(1024, 32, "nginx", 0.90);
    bars.cpu(1024, 32, Contenders.RELAY, 1.35);
    bars.cpu(1024, 256, "haproxy", 0.70);
    bars.cpu(1024, 256, "nginx", 0.90);
    bars.cpu(65536, 32, "haproxy", 1.0);
    bars.cpu(65536, 256, "haproxy", 1.0);
    bars.ratio("p99 at the fixed rate", Report.FIXED_P99, "haproxy", Report.FIXED_P99, 1.0);
    bars.figure("bytes allocated per request", Report.ALLOCATED, 64, "%.1f", true);
    bars.figure("resident idle, MiB", Report.RESIDENT, 90, "%.0f", false);
    bars.figure("KiB per idle connection, cold", Report.PER_CONNECTION_COLD, 2, "%.2f", false);
    bars.figure(
        "KiB per idle connection, after load", Report.PER_CONNECTION_LOADED, 2, "%.2f", false);
    bars.ratio("CPU of the first 10 s", Report.FIRST_CPU, "leat", Report.WARMED_CPU, 2.0);
    return bars.bars;
  }

  private void cpu(int bytes, int connections, String other, double bar) {
    String figure = Report.work(bytes, connections) + Report.CPU;
    ratio(
        "CPU per request, " + bytes + " B, " + connections + " connections",
        figure,
        other,
        figure,
        bar);
  }

  private void ratio(String what, String figure, String other, String otherFigure, double bar) {
    String unit = other.equals("leat") ? " × warmed" : " × " + other;
    Series theirs = report.series(other, otherFigure);
    add(
        what,
        "≤ " + String.format(Locale.ROOT, "%.2f", bar) + unit,
        figure,
        ours -> theirs.isEmpty() ? Double.NaN : ours.ratioTo(theirs),
        value -> value <= bar,
        "%.2f");
  }

  private void figure(String what, String figure, double bar, String format, boolean strictly) {
    add(
        what,
        (strictly ? "< " : "≤ ") + String.format(Locale.ROOT, "%.0f", bar),
        figure,
        Series::median,
        value -> strictly ? value < bar : value <= bar,
        format);
  }

  private void add(
      String what,
      String bar,
      String figure,
      Function<Series, Double> measure,
      Function<Double, Boolean> reaches,
      String format) {
    Series ours = report.series("leat", figure);
    double value = ours.isEmpty() ? Double.NaN : measure.apply(ours);
    if (Double.isNaN(value)) {
      bars.add(new Bar(what, bar, "not measured", "–"));
      return;
    }
    String measured = String.format(Locale.ROOT, format, value);
    bars.add(new Bar(what, bar, measured, reaches.apply(value) ? "yes" : "**no**"));
  }
}

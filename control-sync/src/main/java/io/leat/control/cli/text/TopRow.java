package io.leat.control.cli.text;

import io.leat.control.cli.text.Scrape.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a Revision did for a Route between two looks.
 *
 * @param route {@code namespace/name}; empty for a Revision that no request came to yet
 * @param revision {@code namespace/name}
 * @param rps requests per second
 * @param errors the share of them that was answered 5xx, 0 to 1; NaN without requests
 * @param p50 seconds that half of them took at most; NaN when that is not measured
 * @param p99 the same of 99 %
 * @param held requests of the Revision that wait
 * @param desired instances that the Revision should have; NaN when nobody scales it
 * @param ready instances of the Revision that serve
 * @param active requests of the Revision that instances work on
 */
public record TopRow(
    String route,
    String revision,
    double rps,
    double errors,
    double p50,
    double p99,
    double held,
    double desired,
    double ready,
    double active) {
  private static final String REQUESTS = "leat_requests_total";
  private static final String BUCKETS = "leat_request_duration_seconds_bucket";

  /** By what rows are sorted. */
  public enum Order {
    RPS,
    ERRORS,
    P50,
    P99,
    HELD,
    ACTIVE,
    NAME;

    /** The largest first; what is not known last; then by name. */
    public Comparator<TopRow> comparator() {
      Comparator<TopRow> names =
          Comparator.comparing(TopRow::route).thenComparing(TopRow::revision);
      return this == NAME
          ? names
          : Comparator.<TopRow>comparingDouble(row -> -known(of(row))).thenComparing(names);
    }

    private double of(TopRow row) {
      return switch (this) {
        case RPS -> row.rps;
        case ERRORS -> row.errors;
        case P50 -> row.p50;
        case P99 -> row.p99;
        case HELD -> row.held;
        case ACTIVE -> row.active;
        case NAME -> 0;
      };
    }

    private static double known(double value) {
      return Double.isNaN(value) ? -1 : value;
    }
  }

  private record Pair(String route, String revision) {
    static Pair of(Series series) {
      return new Pair(series.label("route"), series.label("revision"));
    }
  }

  /** Whether it is of a namespace. */
  public boolean isIn(String namespace) {
    return revision.startsWith(namespace + "/") || route.startsWith(namespace + "/");
  }

  /** The rows of what happened between two looks, so many seconds apart; in no order. */
  public static List<TopRow> of(Scrape before, Scrape after, double seconds) {
    Map<Pair, Double> all = grown(before, after, false);
    Map<Pair, Double> failed = grown(before, after, true);
    Map<Pair, TreeMap<Double, Double>> times = times(before, after);
    Map<String, Double> held = byRevision(after.of("leat_held_requests"));
    Map<String, Double> ready = scale(after, "ready");
    Map<String, Double> desired = scale(after, "desired");
    Map<String, Double> active = active(after);
    Map<String, Boolean> routed = new HashMap<>();
    all.forEach((pair, count) -> routed.put(pair.revision(), true));
    for (Map<String, Double> each : List.of(ready, desired, held, active)) {
      each.forEach((revision, value) -> {
        if (value > 0 && !routed.containsKey(revision)) {
          all.putIfAbsent(new Pair("", revision), 0.0);
        }
      });
    }
    List<TopRow> rows = new ArrayList<>();
    all.forEach((pair, count) -> {
      String revision = pair.revision();
      // What no table has any more, and got no request lately, is past.
      if (count > 0 || ready.containsKey(revision)) {
        TreeMap<Double, Double> buckets = times.getOrDefault(pair, new TreeMap<>());
        rows.add(
            new TopRow(
                pair.route(),
                revision,
                count / seconds,
                count > 0 ? failed.getOrDefault(pair, 0.0) / count : Double.NaN,
                quantile(buckets, 0.5),
                quantile(buckets, 0.99),
                held.getOrDefault(revision, 0.0),
                desired.getOrDefault(revision, Double.NaN),
                ready.getOrDefault(revision, 0.0),
                active.getOrDefault(revision, 0.0)));
      }
    });
    return rows;
  }

  private static Map<Pair, Double> grown(Scrape before, Scrape after, boolean failed) {
    Map<Pair, Double> sums = new LinkedHashMap<>();
    Map<Map<String, String>, Double> old = values(before.of(REQUESTS));
    for (Series series : after.of(REQUESTS)) {
      if (!failed || series.label("code_class").equals("5xx")) {
        sums.merge(Pair.of(series), growth(old, series), Double::sum);
      }
    }
    return sums;
  }

  private static Map<Map<String, String>, Double> values(List<Series> series) {
    Map<Map<String, String>, Double> values = new HashMap<>();
    series.forEach(each -> values.put(each.labels(), each.value()));
    return values;
  }

  /** A counter that is smaller than before was begun anew. */
  private static double growth(Map<Map<String, String>, Double> old, Series now) {
    double was = old.getOrDefault(now.labels(), 0.0);
    return now.value() < was ? now.value() : now.value() - was;
  }

  private static Map<Pair, TreeMap<Double, Double>> times(Scrape before, Scrape after) {
    Map<Map<String, String>, Double> old = values(before.of(BUCKETS));
    Map<Pair, TreeMap<Double, Double>> times = new HashMap<>();
    for (Series series : after.of(BUCKETS)) {
      String bound = series.label("le");
      double le = bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
      times
          .computeIfAbsent(Pair.of(series), _ -> new TreeMap<>())
          .merge(le, growth(old, series), Double::sum);
    }
    return times;
  }

  /**
   * The value below which a share of the observations is, as Prometheus finds it.
   *
   * @param buckets how many there were up to each bound
   * @return NaN without observations
   */
  static double quantile(TreeMap<Double, Double> buckets, double share) {
    double count = buckets.isEmpty() ? 0 : buckets.lastEntry().getValue();
    if (count <= 0) {
      return Double.NaN;
    }
    double rank = share * count;
    double lower = 0;
    double below = 0;
    for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
      if (bucket.getValue() >= rank && bucket.getValue() > below) {
        boolean open = bucket.getKey().isInfinite();
        double part = (rank - below) / (bucket.getValue() - below);
        return open ? lower : lower + (bucket.getKey() - lower) * part;
      }
      lower = bucket.getKey();
      below = bucket.getValue();
    }
    return lower;
  }

  private static Map<String, Double> byRevision(List<Series> series) {
    Map<String, Double> values = new HashMap<>();
    series.forEach(each -> values.merge(each.label("revision"), each.value(), Double::sum));
    return values;
  }

  private static Map<String, Double> scale(Scrape after, String kind) {
    return byRevision(
        after.of("leat_revision_scale").stream()
            .filter(series -> series.label("kind").equals(kind))
            .toList());
  }

  private static Map<String, Double> active(Scrape after) {
    Map<String, Double> values = new HashMap<>();
    for (Series series : after.of("kn_revision_request_active")) {
      values.put(
          series.label("k8s_namespace_name") + "/" + series.label("kn_revision_name"),
          series.value());
    }
    return values;
  }
}

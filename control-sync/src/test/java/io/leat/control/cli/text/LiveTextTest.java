package io.leat.control.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.module.schema.ParamSchema;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What {@code leat top}, {@code leat tap} and {@code leat logs} print. */
final class LiveTextTest {
  private static JsonNode json(String text) {
    return ParamSchema.of(text);
  }

  @Test
  void aRequestIsALine() {
    assertThat(
            TapText.line(
                json(
                    "{'time':'2026-03-04T05:06:07.089Z','method':'GET','host':'a.test','path':'/x',"
                        + "'status':503,'duration_ms':12.003,'route':'default/a',"
                        + "'revision':'default/a-00001','rejection':'hold_timeout',"
                        + "'aborted':true}")))
        .isEqualTo(
            "05:06:07.089  503  GET     a.test/x"
                + " ".repeat(44 - 8 + 2)
                + "default/a > a-00001"
                + " ".repeat(36 - 19 + 2)
                + "    12.003 ms  hold_timeout  aborted");
    assertThat(TapText.line(json("{'time':'2026-03-04T05:06:07Z','status':0}")))
        .startsWith("05:06:07.000  ---  -       -  ")
        .contains("  -  ")
        .endsWith("0.000 ms");
    assertThat(TapText.line(json("{'time':'','path':'/\\u001b[2J\\u00e4','status':200}")))
        .contains("-/\\x1b[2J\\xe4 ");
  }

  @Test
  void linesOfOneInstanceStandAlone() {
    LogText text = new LogText(false);
    assertThat(text.line(json("{'instances':1}"))).isEmpty();
    assertThat(text.line(json("{'instance':'a-1','text':'\\u001b[31mred\\u001b[0m\\u0007 x'}")))
        .isEqualTo("\u001b[31mred\u001b[0m  x");
    assertThat(text.line(json("{'instance':'','text':'leat dropped 3 bytes of output'}")))
        .isEqualTo("leat dropped 3 bytes of output");
    assertThat(text.line(json("{'instance':'a-2','text':'b'}"))).isEqualTo("a-2 | b");
    assertThat(text.line(json("{'instance':'a-1','text':'c'}"))).isEqualTo("a-1 | c");
    LogText several = new LogText(true);
    assertThat(several.line(json("{'instances':2}"))).isEmpty();
    assertThat(several.line(json("{'time':'2026-03-04T05:06:07Z','instance':'a-1','text':'d'}")))
        .isEqualTo("2026-03-04T05:06:07Z a-1 | d");
  }

  private static final String BEFORE =
      """
      # HELP leat_requests_total Requests.
      leat_requests_total{route="default/shop",revision="default/shop-1",code_class="2xx"} 100.0
      leat_requests_total{route="default/old",revision="default/old-1",code_class="2xx"} 7.0
      leat_request_duration_seconds_bucket{route="default/shop",revision="default/shop-1",le="0.1"} 90
      leat_request_duration_seconds_bucket{route="default/shop",revision="default/shop-1",le="0.2"} 100
      leat_request_duration_seconds_bucket{route="default/shop",revision="default/shop-1",le="+Inf"} 100
      """;

  private static final String AFTER =
      """
      leat_requests_total{route="default/shop",revision="default/shop-1",code_class="2xx"} 115.0
      leat_requests_total{route="default/shop",revision="default/shop-1",code_class="5xx"} 5.0
      leat_requests_total{route="default/old",revision="default/old-1",code_class="2xx"} 7.0
      leat_requests_total{route="b/x",revision="b/x-1",code_class="2xx"} 2.0
      leat_request_duration_seconds_bucket{route="default/shop",revision="default/shop-1",le="0.1"} 100
      leat_request_duration_seconds_bucket{route="default/shop",revision="default/shop-1",le="0.2"} 120
      leat_request_duration_seconds_bucket{route="default/shop",revision="default/shop-1",le="+Inf"} 120
      leat_held_requests{revision="default/shop-1"} 3.0
      leat_revision_scale{revision="default/shop-1",kind="ready"} 1.0
      leat_revision_scale{revision="default/shop-1",kind="desired"} 2.0
      leat_revision_scale{revision="b/x-1",kind="ready"} 0.0
      leat_revision_scale{revision="b/idle-1",kind="ready"} 1.0
      leat_revision_scale{revision="b/never-1",kind="ready"} 0.0
      kn_revision_request_active{k8s_namespace_name="default",kn_revision_name="shop-1"} 4.0
      process_cpu_seconds_total 1.5
      """;

  @Test
  void twoLooksMakeATable() {
    List<TopRow> rows =
        TopRow.of(Scrape.parse(BEFORE), Scrape.parse(AFTER), 2).stream()
            .sorted(TopRow.Order.RPS.comparator())
            .toList();
    assertThat(TopText.lines(rows))
        .containsExactly(
            "ROUTE          REVISION         REQ/S   5XX     P50       P99       HELD   SCALE  "
                + " ACTIVE",
            "default/shop   default/shop-1   10.0    25.0%   100.0ms   198.0ms   3      2/1     4",
            "b/x            b/x-1            1.0     0.0%    -         -         0      -/0     0",
            "-              b/idle-1         0.0     -       -         -         0      -/1     0");
    assertThat(rows.stream().filter(row -> row.isIn("default"))).hasSize(1);
    assertThat(rows.stream().sorted(TopRow.Order.NAME.comparator()).map(TopRow::revision))
        .containsExactly("b/idle-1", "b/x-1", "default/shop-1");
    assertThat(
            rows.stream().sorted(TopRow.Order.P99.comparator()).map(TopRow::revision).findFirst())
        .contains("default/shop-1");
    assertThat(TopText.page(List.of("a", "b"))).isEqualTo("a\nb\n");
    assertThat(TopText.screen("t", List.of("a")))
        .isEqualTo("\u001b[Ht\u001b[K\na\u001b[K\n\u001b[J");
  }

  @Test
  void aServerThatBeganAnewCountsFromZero() {
    String less = AFTER.replace("115.0", "4.0");
    TopRow shop =
        TopRow.of(Scrape.parse(BEFORE), Scrape.parse(less), 1).stream()
            .filter(row -> row.route().equals("default/shop"))
            .findFirst()
            .orElseThrow();
    assertThat(shop.rps()).isEqualTo(9);
  }

  @Test
  void labelsAreRead() {
    Scrape scrape = Scrape.parse("x{a=\"q\\\"}\\\\\\n\",b=\"\"} +Inf\nx NaN\n");
    assertThat(scrape.of("x")).hasSize(2);
    assertThat(scrape.of("x").getFirst().labels()).isEqualTo(Map.of("a", "q\"}\\\n", "b", ""));
    assertThat(scrape.of("x").getFirst().value()).isInfinite();
    assertThat(scrape.of("y")).isEmpty();
  }

  @Test
  void quantilesAreFoundBetweenBounds() {
    TreeMap<Double, Double> buckets = new TreeMap<>(Map.of(1.0, 10.0, 2.0, 20.0));
    buckets.put(Double.POSITIVE_INFINITY, 21.0);
    assertThat(TopRow.quantile(buckets, 0.5)).isCloseTo(1.05, within(1e-9));
    assertThat(TopRow.quantile(buckets, 0.999)).isEqualTo(2);
    assertThat(TopRow.quantile(new TreeMap<>(), 0.5)).isNaN();
  }
}

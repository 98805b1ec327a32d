package io.leat.proxy.accesslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.balance.Draw;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Taps, without a proxy. */
class RequestTapsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-04T05:06:07.089Z"));
  private static final byte[] CLIENT = "127.0.0.1".getBytes(ISO_8859_1);

  private final AccessLog log =
      new AccessLog(
          new ByteArrayOutputStream(), new AccessLogSettings("", AccessFormat.JSON, 0), CLOCK);
  private final LoopAccessLog loop = log.loop(Draw.xorshift(1));
  private final LoopAccessLog other = log.loop(Draw.xorshift(2));

  @AfterEach
  void close() {
    log.close();
  }

  private RequestTap open(Map<String, String> wanted) {
    return Objects.requireNonNull(log.taps().open(TapFilter.of(wanted)));
  }

  private static void request(LoopAccessLog loop, int status) {
    AccessTrail trail = loop.begin(null, CLIENT, 0);
    trail.routed("default/shop");
    trail.answered(status);
    trail.end(0, true, 1_000_000);
  }

  private static List<String> lines(RequestTap tap, int most) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      int count = tap.drain(out, most);
      List<String> lines = out.toString(UTF_8).lines().toList();
      assertThat(lines).hasSize(count);
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nothingIsNotedUnlessSomebodyWatches() {
    assertThat(loop.begin(null, CLIENT, 0)).isSameAs(AccessTrail.OFF);
    try (RequestTap tap = open(Map.of())) {
      request(loop, 200);
      request(other, 503);
      assertThat(lines(tap, 1)).singleElement().asString().contains("\"status\":200");
      assertThat(lines(tap, 10))
          .containsExactly(
              "{\"time\":\"2026-03-04T05:06:07.089Z\",\"client\":\"127.0.0.1\",\"status\":503,"
                  + "\"bytes_in\":0,\"bytes_out\":0,\"duration_ms\":1.000,"
                  + "\"route\":\"default/shop\"}");
      assertThat(lines(tap, 10)).isEmpty();
    }
    assertThat(loop.begin(null, CLIENT, 0)).isSameAs(AccessTrail.OFF);
  }

  @Test
  void eachOneThatWatchesGetsWhatItWants() {
    try (RequestTap all = open(Map.of());
        RequestTap failed = open(Map.of("status", "5xx"))) {
      request(loop, 200);
      request(loop, 502);
      assertThat(lines(all, 10)).hasSize(2);
      assertThat(lines(failed, 10)).singleElement().asString().contains("\"status\":502");
    }
  }

  @Test
  void whatASlowReaderCannotTakeIsCounted() {
    try (RequestTap tap = open(Map.of())) {
      int count = 2 * RequestTap.PLACES;
      for (int i = 0; i < count; i++) {
        request(loop, 200);
      }
      List<String> taken = lines(tap, count);
      assertThat(taken.size()).isBetween(1, RequestTap.PLACES);
      assertThat(tap.dropped()).isEqualTo(count - taken.size());
      request(loop, 404);
      assertThat(lines(tap, count)).singleElement().asString().contains("404");
    }
  }

  @Test
  void onlySoManyMayWatch() {
    List<RequestTap> open = new ArrayList<>();
    for (int i = 0; i < log.taps().most(); i++) {
      assertThat(log.taps().isFull()).isFalse();
      open.add(open(Map.of()));
    }
    assertThat(log.taps().isFull()).isTrue();
    assertThat(log.taps().open(TapFilter.of(Map.of()))).isNull();
    open.removeFirst().close();
    open.add(open(Map.of()));
    open.forEach(RequestTap::close);
    assertThat(log.taps().isFull()).isFalse();
  }

  private static AccessRecord example() {
    AccessRecord example = new AccessRecord();
    example.clear();
    example.status = 404;
    example.route = "default/shop";
    String[] fields = {"GET", "A.test", "/cart/1", "id", "trace"};
    for (int i = 0; i < fields.length; i++) {
      byte[] bytes = fields[i].getBytes(ISO_8859_1);
      example.put(i, bytes, 0, bytes.length);
    }
    return example;
  }

  private static boolean takes(String name, String value) {
    return TapFilter.of(Map.of(name, value)).takes(example());
  }

  @Test
  void filtersTakeWhatTheySay() {
    assertThat(takes("host", "a.TEST")).isTrue();
    assertThat(takes("host", "a.tes")).isFalse();
    assertThat(takes("host", "a.test.x")).isFalse();
    assertThat(takes("method", "get")).isTrue();
    assertThat(takes("method", "GE")).isFalse();
    assertThat(takes("path", "/cart")).isTrue();
    assertThat(takes("path", "/cart/12")).isFalse();
    assertThat(takes("path", "/Cart")).isFalse();
    assertThat(takes("status", "404")).isTrue();
    assertThat(takes("status", "4xx")).isTrue();
    assertThat(takes("status", "5xx")).isFalse();
    assertThat(takes("status", "0")).isFalse();
    assertThat(takes("route", "shop")).isTrue();
    assertThat(takes("route", "default/shop")).isTrue();
    assertThat(takes("route", "other/shop")).isFalse();
    assertThat(takes("route", "hop")).isFalse();
    assertThat(TapFilter.of(Map.of("route", "shop")).takes(new AccessRecord())).isFalse();
    for (String wrong : List.of("6xx", "40", "teapot", "4XX")) {
      assertThatThrownBy(() -> TapFilter.of(Map.of("status", wrong)))
          .hasMessageContaining("status: must be like 404 or 5xx");
    }
    assertThatThrownBy(() -> TapFilter.of(Map.of("cookie", "x"))).hasMessageContaining("cookie");
  }

  @Test
  void copiesHaveNoFieldsOfHeaders() {
    AccessRecord copy = new AccessRecord();
    copy.copy(example());
    assertThat(copy.end(AccessRecord.PATH) - copy.start(AccessRecord.PATH)).isEqualTo(7);
    for (int field : new int[] {AccessRecord.REQUEST_ID, AccessRecord.TRACEPARENT}) {
      assertThat(copy.end(field)).isEqualTo(copy.start(field));
    }
  }
}

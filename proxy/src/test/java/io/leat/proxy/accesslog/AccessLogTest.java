package io.leat.proxy.accesslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records, queues and lines, without a proxy. */
class AccessLogTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-04T05:06:07.089Z"));
  private static final byte[] CLIENT = "127.0.0.1".getBytes(ISO_8859_1);

  private static AccessLogSettings settings(AccessFormat format, double sample) {
    return new AccessLogSettings("test", format, sample);
  }

  private static void put(AccessRecord into, int field, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    into.put(field, bytes, 0, bytes.length);
  }

  private static AccessRecord example() {
    AccessRecord example = new AccessRecord();
    example.clear();
    example.timeMillis = CLOCK.millis();
    example.client = CLIENT;
    put(example, AccessRecord.METHOD, "GET");
    put(example, AccessRecord.HOST, "a.test");
    put(example, AccessRecord.PATH, "/x");
    put(example, AccessRecord.REQUEST_ID, "r1");
    example.status = 503;
    example.bytesIn = 1;
    example.bytesOut = 22;
    example.durationNanos = 12_003_999;
    example.holdNanos = 12_000_000;
    example.route = "default/a";
    example.revision = new RevisionId("default", "a-00001");
    example.rejection = Rejection.HOLD_TIMEOUT;
    example.aborted = true;
    return example;
  }

  private static String line(AccessFormat format, AccessRecord request) throws IOException {
    LineBuffer lines = new LineBuffer();
    format.write(request, lines);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    lines.writeTo(out);
    return out.toString(ISO_8859_1);
  }

  @Test
  void writesJson() throws IOException {
    assertThat(line(AccessFormat.JSON, example()))
        .isEqualTo(
            "{\"time\":\"2026-03-04T05:06:07.089Z\",\"client\":\"127.0.0.1\",\"method\":\"GET\","
                + "\"host\":\"a.test\",\"path\":\"/x\",\"status\":503,\"bytes_in\":1,"
                + "\"bytes_out\":22,\"duration_ms\":12.003,\"hold_ms\":12.000,"
                + "\"route\":\"default/a\",\"revision\":\"default/a-00001\","
                + "\"rejection\":\"hold_timeout\",\"request_id\":\"r1\",\"aborted\":true}\n");
  }

  @Test
  void writesText() throws IOException {
    AccessRecord request = example();
    request.upstreamNanos = 7_000;
    assertThat(line(AccessFormat.TEXT, request))
        .isEqualTo(
            "time=\"2026-03-04T05:06:07.089Z\" client=\"127.0.0.1\" method=\"GET\""
                + " host=\"a.test\" path=\"/x\" status=503 bytes_in=1 bytes_out=22"
                + " duration_ms=12.003 hold_ms=12.000 upstream_ms=0.007 route=\"default/a\""
                + " revision=\"default/a-00001\" rejection=\"hold_timeout\" request_id=\"r1\""
                + " aborted=true\n");
  }

  @ParameterizedTest
  @EnumSource
  void neverLetsAClientEndALineOrAValue(AccessFormat format) throws IOException {
    AccessRecord request = example();
    StringBuilder all = new StringBuilder();
    for (int octet = 0; octet < 256; octet++) {
      all.append((char) octet);
    }
    put(request, AccessRecord.PATH, all.toString());
    String line = line(format, request);
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line.chars().limit(line.length() - 1)).allMatch(c -> c >= 0x20 && c < 0x7f);
    String escape = format == AccessFormat.JSON ? "\\u00" : "\\x";
    assertThat(line).contains(" !" + escape + "22#").contains("[" + escape + "5c]");
    assertThat(line).contains(escape + "0a").contains(escape + "ff\"");
  }

  @Test
  void cutsWhatIsTooLongAndForgetsTheRequestBefore() throws IOException {
    AccessRecord request = example();
    put(request, AccessRecord.PATH, "/".repeat(100_000));
    assertThat(line(AccessFormat.TEXT, request)).hasSizeLessThan(1500).contains("/".repeat(1024));
    request.clear();
    request.timeMillis = CLOCK.millis();
    assertThat(line(AccessFormat.TEXT, request))
        .isEqualTo(
            "time=\"2026-03-04T05:06:07.089Z\" client=\"\" status=0 bytes_in=0 bytes_out=0"
                + " duration_ms=0.000\n");
  }

  @Test
  void dropsAndCountsWhenTheQueueIsFull() {
    LoopAccessLog loop = new LoopAccessLog(4, 1, Draw.xorshift(1), CLOCK, null);
    for (int i = 0; i < 10; i++) {
      AccessTrail trail = loop.begin(null, CLIENT, 0);
      trail.answered(200 + i);
      trail.end(0, true, 1);
    }
    assertThat(loop.dropped()).isEqualTo(6);
    for (int i = 0; i < 4; i++) {
      AccessRecord published = Objects.requireNonNull(loop.poll());
      assertThat(published.status).isEqualTo(200 + i);
      loop.recycle(published);
    }
    assertThat(loop.poll()).isNull();
    loop.begin(null, CLIENT, 0).end(0, true, 1);
    assertThat(loop.dropped()).isEqualTo(6);
    assertThat(loop.poll()).isNotNull();
  }

  @Test
  void aTrailServesOneRequestAfterTheOther() {
    LoopAccessLog loop = new LoopAccessLog(4, 1, Draw.xorshift(1), CLOCK, null);
    AccessTrail first = loop.begin(null, CLIENT, 0);
    AccessTrail second = loop.begin(null, CLIENT, 0);
    assertThat(second).isNotSameAs(first);
    first.answered(200);
    first.end(0, true, 1);
    // Twice over is not given back twice.
    first.end(0, true, 1);
    second.answered(404);
    AccessTrail third = loop.begin(null, CLIENT, 0);
    assertThat(third).isSameAs(first);
    assertThat(loop.begin(null, CLIENT, 0)).isNotIn(first, second);
    third.answered(503);
    second.end(0, true, 1);
    third.end(0, true, 1);
    for (int status : new int[] {200, 404, 503}) {
      assertThat(Objects.requireNonNull(loop.poll()).status).isEqualTo(status);
    }
    assertThat(loop.poll()).isNull();
  }

  @Test
  void samplesItsShare() {
    LoopAccessLog loop = new LoopAccessLog(4, 0.1, Draw.xorshift(42), CLOCK, null);
    int sampled = 0;
    for (int i = 0; i < 100_000; i++) {
      sampled += loop.sampled() ? 1 : 0;
    }
    assertThat(sampled).isBetween(9_500, 10_500);
  }

  @Test
  void isNothingWhenOff() {
    AccessLog off = AccessLog.OFF;
    assertThat(off.loop(Draw.xorshift(1)).begin(null, CLIENT, 0)).isSameAs(AccessTrail.OFF);
    AccessTrail.OFF.end(0, true, 1);
    assertThat(AccessTrail.OFF.active()).isFalse();
    off.close();
  }

  @Test
  void appendsToItsFileAndWritesTheRestBeforeItEnds(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("access.log");
    for (int round = 1; round <= 2; round++) {
      AccessLogSettings to = new AccessLogSettings(file.toString(), AccessFormat.TEXT, 1);
      AccessLog log = AccessLog.open(to, CLOCK);
      LoopAccessLog loop = log.loop(Draw.xorshift(1));
      for (int i = 0; i < 1000; i++) {
        AccessTrail trail = loop.begin(null, CLIENT, 0);
        trail.answered(100 + i);
        trail.end(0, true, 1);
      }
      log.close();
      assertThat(log.dropped()).isZero();
      assertThat(Files.readAllLines(file)).hasSize(1000 * round);
    }
    assertThat(Files.readAllLines(file).get(1999)).contains(" status=1099 ");
  }

  @Test
  void countsWhatAFailingFileLoses() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("no space left");
          }
        };
    try (AccessLog log = AccessLog.start(broken, settings(AccessFormat.JSON, 1), CLOCK)) {
      LoopAccessLog loop = log.loop(Draw.xorshift(1));
      for (int i = 0; i < 10; i++) {
        loop.begin(null, CLIENT, 0).end(0, true, 1);
      }
      await().until(() -> log.dropped() == 10);
    }
  }
}

package io.leat.proxy.fanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.delivery.Courier.Attempt;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.DeliveryPolicy.Backoff;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of retries, with exact times. */
final class RetryTest {
  private static final Duration LONG = Duration.ofDays(2);

  private static ChannelSubscriber subscriber(
      int retries, Backoff backoff, String delay, String retryAfterMax, @Nullable String letters) {
    DeliveryPolicy policy =
        new DeliveryPolicy(
            retries,
            backoff,
            Duration.parse(delay),
            Duration.ofMinutes(1),
            Duration.parse(retryAfterMax),
            letters,
            null,
            false,
            4);
    return ManualLoop.subscriber(null, policy);
  }

  private static List<Long> seconds(ManualLoop loop) {
    return loop.times().stream().map(Duration::toSeconds).toList();
  }

  @ParameterizedTest(name = "Http StatusCode {0}")
  @DisplayName("TestSelectiveRetry")
  @CsvSource({
    "100, 1", "102, 1", "200, 1", "201, 1", "202, 1", "301, 1", "302, 1", "304, 1", "307, 1",
    "400, 1", "401, 1", "403, 1", "404, 3", "405, 1", "408, 3", "409, 3", "410, 1", "413, 1",
    "422, 1", "429, 3", "500, 3", "501, 3", "502, 3", "503, 3", "504, 3", "599, 3"
  })
  void selectiveRetry(int status, int tries) {
    ChannelSubscriber to = subscriber(2, Backoff.LINEAR, "PT1S", "PT0S", null);
    try (ManualLoop loop = new ManualLoop(to, (sent, number) -> ManualLoop.status(status))) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      assertThat(loop.tries()).hasSize(tries);
      assertThat(loop.subscription.backlog()).isZero();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "CONNECT_REFUSED",
        "CONNECT_TIMEOUT",
        "UPSTREAM_CLOSED",
        "UPSTREAM_PROTOCOL",
        "RESPONSE_TIMEOUT"
      })
  void whatNobodyAnsweredIsRetried(String reason) {
    ChannelSubscriber to = subscriber(2, Backoff.LINEAR, "PT1S", "PT0S", null);
    Attempt failed = new Attempt.Failed(Rejection.valueOf(reason));
    try (ManualLoop loop = new ManualLoop(to, (sent, number) -> failed)) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      assertThat(seconds(loop)).containsExactly(0L, 1L, 3L);
    }
  }

  @Test
  void linearPausesAreDelayTimesN() {
    assertThat(times(4, Backoff.LINEAR)).containsExactly(0L, 10L, 30L, 60L, 100L);
  }

  @Test
  void exponentialPausesAreDelayTimesTwoToTheN() {
    assertThat(times(4, Backoff.EXPONENTIAL)).containsExactly(0L, 20L, 60L, 140L, 300L);
  }

  @Test
  void pausesAreCappedAtAnHour() {
    List<Long> times = times(12, Backoff.EXPONENTIAL);
    assertThat(times.get(12) - times.get(11)).isEqualTo(3600);
    assertThat(times.get(11) - times.get(10)).isEqualTo(3600);
  }

  private static List<Long> times(int retries, Backoff backoff) {
    ChannelSubscriber to = subscriber(retries, backoff, "PT10S", "PT0S", null);
    try (ManualLoop loop = new ManualLoop(to, (sent, number) -> ManualLoop.status(500))) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      return seconds(loop);
    }
  }

  @Test
  void noRetryIsOneTryAndNoDelayIsNoPause() {
    ChannelSubscriber once = subscriber(0, Backoff.LINEAR, "PT10S", "PT0S", null);
    try (ManualLoop loop = new ManualLoop(once, (sent, number) -> ManualLoop.status(500))) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      assertThat(loop.tries()).hasSize(1);
    }
    ChannelSubscriber atOnce = subscriber(3, Backoff.EXPONENTIAL, "PT0S", "PT0S", null);
    try (ManualLoop loop = new ManualLoop(atOnce, (sent, number) -> ManualLoop.status(500))) {
      loop.send(ManualLoop.event("e"));
      assertThat(seconds(loop)).containsExactly(0L, 0L, 0L, 0L);
    }
  }

  @ParameterizedTest(name = "{0} with Retry-After {1}, at most {2}: {3} s")
  @DisplayName("TestGenerateBackoffFnWithRetryAfter")
  @CsvSource({
    "429, 30, PT5M, 30",
    "503, 30, PT5M, 30",
    "503, 3600, PT5M, 300",
    "503, 30, PT0S, 10",
    "500, 30, PT5M, 10",
    "503, 5, PT5M, 10",
    "503, soon, PT5M, 10",
    "503, -5, PT5M, 10",
    "503, 99999999999999999999, PT5M, 300",
    "503, DATE, PT5M, 90"
  })
  void retryAfter(int status, String value, String most, long pause) {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ManualLoop.START.plusSeconds(90).atOffset(ZoneOffset.UTC));
    String sent = value.equals("DATE") ? date : value;
    ChannelSubscriber to = subscriber(1, Backoff.LINEAR, "PT10S", most, null);
    try (ManualLoop loop =
        new ManualLoop(to, (parcel, number) -> ManualLoop.status(status, sent))) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      assertThat(seconds(loop)).containsExactly(0L, pause);
    }
  }

  @Test
  void waitingForCapacityIsNoTry() {
    ChannelSubscriber to = subscriber(0, Backoff.LINEAR, "PT1S", "PT0S", null);
    Attempt held = new Attempt.NotTried(Rejection.HOLD_TIMEOUT);
    try (ManualLoop loop =
        new ManualLoop(to, (sent, number) -> number < 8 ? held : ManualLoop.status(202))) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      assertThat(loop.tries()).hasSize(8);
      Map<DeliveryOutcome, Long> counted = loop.subscription.counted();
      assertThat(counted.get(DeliveryOutcome.DELIVERED)).isEqualTo(1);
      assertThat(counted.get(DeliveryOutcome.RETRIED)).isZero();
      assertThat(counted.get(DeliveryOutcome.HELD)).isEqualTo(7);
    }
  }

  @Test
  void aDeadLetterIsTriedUntilItIsTakenWithAPauseThatIsCapped() {
    ChannelSubscriber to = subscriber(0, Backoff.LINEAR, "PT0S", "PT0S", "http://letters/");
    try (ManualLoop loop =
        new ManualLoop(
            to,
            (sent, number) -> {
              boolean letter = sent.parcel().uri().equals("http://letters/");
              return ManualLoop.status(!letter ? 422 : number <= 40 ? 400 : 202);
            })) {
      loop.send(ManualLoop.event("e"));
      loop.pass(LONG);
      assertThat(loop.tries()).hasSize(41);
      List<Duration> times = loop.times();
      assertThat(times.get(40).minus(times.get(39))).isEqualTo(Duration.ofSeconds(30));
      assertThat(loop.subscription.counted().get(DeliveryOutcome.DEAD_LETTERED)).isEqualTo(1);
      assertThat(loop.subscription.backlog()).isZero();
    }
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {0, 1, 768, 769, 1024, 1025, 10_000_000})
  void deadLettersCarryAtMost1024BytesOfAnErrorBody(int size) {
    ChannelSubscriber to = subscriber(0, Backoff.LINEAR, "PT0S", "PT0S", "http://letters/");
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) (i % 3 == 0 ? '\r' : i % 3 == 1 ? '\n' : 0xff);
    }
    Attempt bad = new Attempt.Answered(422, Map.of(), body);
    try (ManualLoop loop =
        new ManualLoop(to, (sent, number) -> number == 1 ? bad : ManualLoop.status(202))) {
      loop.send(ManualLoop.event("e"));
      ManualLoop.Try letter = loop.tries().get(1);
      assertThat(letter.id()).isEqualTo("e");
      assertThat(letter.field("ce-knativeerrorcode")).isEqualTo("422");
      assertThat(letter.field("ce-knativeerrordest")).isEqualTo("http://call/");
      byte[] kept = java.util.Arrays.copyOf(body, Math.min(size, 1024));
      assertThat(letter.field("ce-knativeerrordata"))
          .isEqualTo(Base64.getEncoder().encodeToString(kept));
    }
  }

  @Test
  void expiredEventsAreDroppedAndCountedAlsoBetweenTries() {
    ChannelSubscriber to = subscriber(5, Backoff.LINEAR, "PT10S", "PT0S", null);
    try (ManualLoop loop = new ManualLoop(to, (sent, number) -> ManualLoop.status(500))) {
      loop.send(
          ManualLoop.event("old", "expirytime", "2026-03-01T11:59:59Z"),
          ManualLoop.event("soon", "expirytime", "2026-03-01T12:00:15Z"),
          ManualLoop.event("odd", "expirytime", "tomorrow"));
      loop.pass(Duration.ofSeconds(29));
      assertThat(loop.tries().stream().map(ManualLoop.Try::id).toList())
          .containsExactly("soon", "odd", "soon", "odd");
      loop.pass(LONG);
      Map<DeliveryOutcome, Long> counted = loop.subscription.counted();
      assertThat(counted.get(DeliveryOutcome.EXPIRED)).isEqualTo(2);
      assertThat(counted.get(DeliveryOutcome.DROPPED)).isEqualTo(1);
    }
  }

  @Test
  void aReceiptTellsWhatWasTriedAndWhatComesNext() {
    ChannelSubscriber to = subscriber(2, Backoff.LINEAR, "PT10S", "PT0S", null);
    try (ManualLoop loop =
        new ManualLoop(to, (sent, number) -> ManualLoop.status(number == 3 ? 200 : 503))) {
      loop.send(ManualLoop.event("e"));
      long first = ManualLoop.START.toEpochMilli();
      assertThat(loop.subscription.receipt("s", "e"))
          .isEqualTo(new Receipt("s", "e", Receipt.State.RETRYING, 1, 503, first + 10_000));
      loop.pass(LONG);
      assertThat(loop.subscription.receipt("s", "e"))
          .isEqualTo(new Receipt("s", "e", Receipt.State.DELIVERED, 3, 200, 0));
      assertThat(loop.subscription.receipt("other", "e")).isNull();
    }
  }

  @Test
  void manyThatWaitDoNotBlockThoseThatCanGo() {
    ChannelSubscriber to = subscriber(1, Backoff.LINEAR, "PT10S", "PT0S", null);
    try (ManualLoop loop =
        new ManualLoop(
            to, (sent, number) -> ManualLoop.status(sent.id().startsWith("bad") ? 500 : 200))) {
      for (int i = 0; i < 100; i++) {
        loop.send(ManualLoop.event("bad" + i));
      }
      loop.send(ManualLoop.event("good"));
      assertThat(loop.subscription.receipt("s", "good")).isNotNull();
      assertThat(loop.subscription.backlog()).isEqualTo(100);
      loop.pass(LONG);
      assertThat(loop.subscription.backlog()).isZero();
      assertThat(loop.tries()).hasSize(201);
    }
  }
}

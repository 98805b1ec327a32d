package io.leat.proxy.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OwnAnswerTest {
  private static final byte[] DATE = "Sun, 06 Nov 1994 08:49:37 GMT".getBytes(US_ASCII);

  private static String text(OwnAnswer answer, OwnAnswer.Connection connection, boolean body) {
    ByteBuf out = Unpooled.buffer();
    answer.write(out, DATE, connection, body);
    assertThat(out.readableBytes()).isLessThanOrEqualTo(answer.size());
    return out.toString(US_ASCII);
  }

  @Test
  void namesTheReasonOfEveryRejection() {
    for (Rejection each : Rejection.values()) {
      String text = text(OwnAnswer.of(each), OwnAnswer.Connection.STAYS, true);
      String body = "leat: " + each.details() + "\n";
      assertThat(text)
          .startsWith("HTTP/1.1 " + each.status() + " ")
          .contains(
              "\r\nProxy-Status: leat; error="
                  + each.token()
                  + "; details=\""
                  + each.details()
                  + "\"\r\n")
          .contains("\r\nContent-Length: " + body.length() + "\r\n")
          .endsWith("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n" + body);
      assertThat(text.contains("\r\nRetry-After: 1\r\n"))
          .isEqualTo(each.status() == 503 || each.status() == 429);
      assertThat(ReasonPhrase.of(each.status())).isNotEmpty();
    }
  }

  @Test
  void saysWhatHappensToTheConnection() {
    OwnAnswer answer = OwnAnswer.fixed(200, "text/plain", "body");
    assertThat(text(answer, OwnAnswer.Connection.CLOSES, true))
        .endsWith("\r\nConnection: close\r\n\r\nbody");
    assertThat(text(answer, OwnAnswer.Connection.KEEP_ALIVE, false))
        .contains("Content-Length: 4\r\n")
        .endsWith("\r\nConnection: keep-alive\r\n\r\n");
    assertThat(text(OwnAnswer.OPTIONS, OwnAnswer.Connection.STAYS, true))
        .startsWith("HTTP/1.1 204 No Content\r\n")
        .doesNotContain("Content-Length");
  }

  @Test
  void writesTheDateOfTheClock() {
    Instant[] now = {Instant.parse("1994-11-06T08:49:37.999Z")};
    HttpDate date = new HttpDate(() -> now[0]);
    assertThat(date.now()).isEqualTo(DATE).isSameAs(date.now());
    now[0] = now[0].plusMillis(1);
    assertThat(new String(date.now(), US_ASCII)).isEqualTo("Sun, 06 Nov 1994 08:49:38 GMT");
  }
}

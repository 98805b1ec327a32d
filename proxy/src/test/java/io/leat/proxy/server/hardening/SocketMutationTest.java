package io.leat.proxy.server.hardening;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http1.BodyReader;
import io.leat.proxy.http1.Framing;
import io.leat.proxy.http1.HeadEnd;
import io.leat.proxy.http1.Mutations;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.testing.LeakWatch;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Odd requests on real sockets: an endpoint that reads strictly sees exactly one request for each
 * that was accepted, framed as the proxy decided, and every connection comes to an end.
 */
@ExtendWith(LeakWatch.class)
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class SocketMutationTest {
  private static final int ROUNDS = Integer.getInteger("leat.rounds", 2_000);
  private static final Duration SHORT = Duration.ofMillis(250);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MAX_BODY = 1000;

  /** Follows every odd request: it is answered, or part of what is refused. */
  private static final String LAST =
      "GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";

  private static final String[] HOSTS = {"a.example", "b.example", "h", "b"};

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final Mutations mutations = new Mutations(seed);
  private final BodyReader reader = new BodyReader();
  private final RequestHead judge = new RequestHead(ProxyLimits.DEFAULT);
  private int forwarded;
  private int refused;

  @Test
  void whatTheEndpointReadsIsWhatTheProxyDecided() throws IOException {
    System.out.println("SocketMutationTest: -Dleat.seed=" + seed);
    ProxyLimits limits = new ProxyLimits(16384, 65536, 32768, 128, 0, SHORT, SHORT, LONG, LONG, 64);
    try (ProxyFixture proxy = ProxyFixture.start(base -> base.withLimits(limits));
        StrictOrigin origin = new StrictOrigin()) {
      RevisionLimits quick = new RevisionLimits(0, SHORT, SHORT, Duration.ZERO);
      for (String host : HOSTS) {
        proxy.serve(host, quick, origin.port());
      }
      for (int i = 0; i < ROUNDS; i++) {
        round(proxy, origin);
      }
      assertThat(forwarded).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
      assertThat(refused).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
      for (String host : HOSTS) {
        await().until(() -> proxy.live(host).activity().inFlight().get() == 0);
      }
      await().until(() -> proxy.proxy().openConnections() == 0);
    }
  }

  private void round(ProxyFixture proxy, StrictOrigin origin) throws IOException {
    String text = mutations.head();
    String why = "-Dleat.seed=" + seed + ": " + text;
    String body = body(expected(text));
    String sent = text + body + LAST;
    String expected = expected(sent);
    String answers;
    try (TestClient client = proxy.client()) {
      int split = mutations.below(4) == 0 ? mutations.below(sent.length()) : sent.length();
      client.send(sent.substring(0, split));
      client.send(sent.substring(split));
      answers = new String(client.in().readAllBytes(), ISO_8859_1);
    }
    List<StrictRequest> requests = origin.drain();
    assertThat(origin.complaints()).as(why).isEmpty();
    assertThat(answers).as(why).startsWith("HTTP/1.1 ");
    assertThat(count(answers, "\r\nX-Strict: 1\r\n")).as(why + answers).isEqualTo(requests.size());
    assertThat(requests).as(why).hasSizeLessThanOrEqualTo(2);
    boolean accepted = answers.startsWith("HTTP/1.1 200 ");
    if (accepted) {
      forwarded++;
      assertThat(expected).as(why).isNotNull();
      check(requests.getFirst(), String.valueOf(expected), why);
    } else {
      refused += answers.startsWith("HTTP/1.1 4") ? 1 : 0;
    }
    if (requests.size() > (accepted ? 1 : 0)) {
      // What an odd body left over may stand before it.
      assertThat(requests.getLast().line()).as(why).endsWith("GET /last HTTP/1.1");
      assertThat(requests.getLast().framing()).as(why).isEqualTo("none");
    }
  }

  /** What the proxy makes of the head: target, a space and the framing; null when it refuses. */
  private @Nullable String expected(String text) {
    ByteBuf in = Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
    try {
      RequestHead.skipLeadingCrlf(in);
      int start = in.readerIndex();
      int end = HeadEnd.find(in, start, in.writerIndex());
      if (end < 0 || judge.parse(in, start, end - start) != null) {
        return null;
      }
      int from = judge.methodStart();
      String method = new String(judge.bytes(), from, judge.methodEnd() - from, US_ASCII);
      int to = judge.targetStart();
      String target = new String(judge.bytes(), to, judge.targetEnd() - to, US_ASCII);
      String framing =
          switch (judge.framing()) {
            case LENGTH -> "length=" + judge.contentLength();
            case CHUNKED -> {
              in.readerIndex(end);
              yield chunked(in);
            }
            default -> "none";
          };
      return method + " " + target + " HTTP/1.1\n" + framing;
    } finally {
      in.release();
    }
  }

  private String chunked(ByteBuf in) {
    reader.start(Framing.CHUNKED, -1, true);
    reader.read(in, ByteBuf::release);
    return reader.done() ? "chunked=" + reader.bytes() : "chunked, broken";
  }

  private String body(@Nullable String expected) {
    if (expected == null || expected.endsWith("\nnone")) {
      return "";
    }
    if (expected.contains("\nchunked")) {
      return mutations.body();
    }
    long length = Long.parseLong(expected.substring(expected.lastIndexOf('=') + 1));
    return "b".repeat((int) Math.min(length, MAX_BODY));
  }

  private static void check(StrictRequest request, String expected, String why) {
    int framing = expected.indexOf('\n');
    assertThat(request.line()).as(why).isEqualTo(expected.substring(0, framing));
    assertThat(request.framing()).as(why).isEqualTo(expected.substring(framing + 1));
    assertThat(request.fields().getLast()).as(why).matches("via:1\\.[01] leat-[0-9a-f]{8}");
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}

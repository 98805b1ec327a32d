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
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.StrictRequest;
import io.leat.proxy.testing.TestClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One client, one proxy and one strict endpoint, and odd requests one after another. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
final class OddConversation {
  private static final Duration SHORT = Duration.ofMillis(250);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MAX_BODY = 1000;

  /** The end of a broken request may reach the endpoint a few rounds late. */
  private static final int REMEMBERED = 50;

  /** Follows every odd request: it is answered, or part of what is refused. */
  private static final String LAST =
      "GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";

  private static final String[] HOSTS = {"a.example", "b.example", "h", "b"};
  private static final Pattern ANSWER =
      Pattern.compile(
          "HTTP/1\\.1 ([1-5][0-9]{2}) [\\t -~]*\r\n"
              + "((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t -~]*\r\n"
              + ")*)\r\n");
  private static final Pattern LENGTH =
      Pattern.compile("(?i)(?:^|\\n)content-length: *([0-9]+)\r\n");

  /** How many odd requests went which way. */
  record Outcome(int forwarded, int refused) {}

  private final long seed;
  private final Mutations mutations;
  private final BodyReader reader = new BodyReader();
  private final RequestHead judge = new RequestHead(ProxyLimits.DEFAULT);
  private final Deque<String> decided = new ArrayDeque<>();
  private int forwarded;
  private int refused;

  OddConversation(long seed) {
    this.seed = seed;
    this.mutations = new Mutations(seed);
  }

  /** Plays so many requests; fails on the first that is read in two ways. */
  Outcome hold(int rounds) throws IOException {
    ProxyLimits limits = new ProxyLimits(16384, 65536, 32768, 128, 0, SHORT, SHORT, LONG, LONG, 64);
    try (ProxyFixture proxy =
            ProxyFixture.start(base -> base.withLimits(limits).withEventLoops(1));
        StrictOrigin origin = new StrictOrigin()) {
      RevisionLimits quick = new RevisionLimits(0, SHORT, SHORT, Duration.ZERO);
      for (String host : HOSTS) {
        proxy.serve(host, quick, origin.port());
      }
      for (int i = 0; i < rounds; i++) {
        round(proxy, origin);
      }
      for (String host : HOSTS) {
        await().until(() -> proxy.live(host).activity().inFlight().get() == 0);
      }
      await().until(() -> proxy.proxy().openConnections() == 0);
    }
    return new Outcome(forwarded, refused);
  }

  private void round(ProxyFixture proxy, StrictOrigin origin) throws IOException {
    String text = mutations.head();
    String why = "-Dleat.seed=" + seed + ": " + text;
    String body = body(expected(text));
    String sent = text + body + LAST;
    String expected = expected(sent);
    remember(expected);
    String answers;
    try (TestClient client = proxy.client()) {
      int split = mutations.below(4) == 0 ? mutations.below(sent.length()) : sent.length();
      client.send(sent.substring(0, split));
      client.send(sent.substring(split));
      answers = new String(client.in().readAllBytes(), ISO_8859_1);
    }
    List<StrictRequest> requests = origin.drain();
    assertThat(origin.complaints()).as(why).isEmpty();
    readAnswers(answers, expected != null && expected.startsWith("HEAD "), why);
    assertThat(count(answers, "\r\nX-Strict: 1\r\n")).as(why + answers).isEqualTo(requests.size());
    boolean accepted = answers.startsWith("HTTP/1.1 200 ");
    assertThat(requests).as(why).hasSizeLessThanOrEqualTo(accepted ? 2 : 1);
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
    for (String head : origin.drainUnfinished()) {
      assertThat(decided).as(why).contains(decision(head));
    }
  }

  private void remember(@Nullable String expected) {
    if (expected != null) {
      decided.add(kind(expected));
      if (decided.size() > REMEMBERED) {
        decided.remove();
      }
    }
  }

  /** Line and framing, without what a body that broke off cannot tell. */
  private static String kind(String expected) {
    return expected.replaceFirst("\nchunked.*", "\nchunked");
  }

  private static String decision(String head) {
    String line = head.substring(0, head.indexOf("\r\n"));
    Matcher length = LENGTH.matcher(head);
    return line + "\n" + (length.find() ? "length=" + length.group(1) : "chunked");
  }

  /** Whole answers, one after another, and nothing else: at most one for each request. */
  private static void readAnswers(String answers, boolean toHead, String why) {
    int at = 0;
    int whole = 0;
    Matcher answer = ANSWER.matcher(answers);
    while (at < answers.length()) {
      assertThat(answer.find(at) && answer.start() == at).as(why + "\n" + answers).isTrue();
      at = answer.end();
      boolean interim = answer.group(1).startsWith("1");
      whole += interim ? 0 : 1;
      Matcher length = LENGTH.matcher(answer.group(2));
      boolean bodyless = interim || (toHead && whole == 1);
      int size = length.find() && !bodyless ? Integer.parseInt(length.group(1)) : 0;
      // The last may refuse what began as a HEAD: all of its body or nothing.
      at = at == answers.length() ? at : at + size;
      assertThat(at).as(why + "\n" + answers).isLessThanOrEqualTo(answers.length());
    }
    assertThat(whole).as(why + "\n" + answers).isBetween(1, 2);
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

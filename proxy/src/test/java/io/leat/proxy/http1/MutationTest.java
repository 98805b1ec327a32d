package io.leat.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.testing.StrictRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever is accepted and passed on means exactly one thing to the next reader: to this codec when
 * it reads its own output, and to a strict reader that shares no code with it.
 *
 * <p>{@code -Dleat.rounds=10000000} runs the long form, {@code -Dleat.seed} repeats a run.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class MutationTest {
  private static final int MAX_BODY = 1000;
  private static final String CHUNKED_BODY = "3\r\nabc\r\n0\r\n\r\n";
  private static final String CHUNKED_HEAD =
      "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n";
  private static final int HEADS = Integer.getInteger("leat.rounds", 200_000);
  private static final int BODIES = HEADS;

  /** Between what was passed on and what was left; no byte is this character. */
  private static final char BAR = '\uffff';

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final Mutations mutations = new Mutations(seed);

  @Test
  void acceptedHeadsAreRewrittenToOneStrictHead() {
    System.out.println("MutationTest heads: -Dleat.seed=" + seed);
    var head = new RequestHead(ProxyLimits.DEFAULT);
    var again = new RequestHead(ProxyLimits.DEFAULT);
    RequestRewrite rewrite = Wire.rewrite();
    int accepted = 0;
    for (int i = 0; i < HEADS; i++) {
      String text = mutations.head();
      rewrite.trustedPeer = mutations.below(4) == 0;
      rewrite.keepUpgrade = mutations.below(2) == 0;
      if (Wire.parse(head, text) == null) {
        accepted++;
        check(head, again, rewrite, text);
      }
    }
    assertThat(accepted).as("seed %d", seed).isBetween(HEADS / 10, HEADS * 9 / 10);
  }

  private void check(RequestHead head, RequestHead again, RequestRewrite rewrite, String text) {
    String why = "seed " + seed + ": " + text;
    String out = Wire.write(head, rewrite);
    ByteBuf wire = Wire.buffer(out + Wire.NEXT);
    assertThat(HeadEnd.find(wire, 0, wire.writerIndex())).as(why).isEqualTo(out.length());
    wire.release();
    readStrictly(head, out, why);
    assertThat(Wire.parse(again, out)).as(why + "\n" + out).isNull();
    assertThat(again.framing()).as(why).isEqualTo(head.framing());
    assertThat(again.contentLength()).as(why).isEqualTo(head.contentLength());
    assertThat(Wire.target(again)).as(why).isEqualTo(Wire.target(head));
    assertThat(Wire.path(again)).as(why).isEqualTo(Wire.path(head));
    assertThat(Wire.host(again)).as(why).isEqualTo(Wire.host(head));
    assertThat(again.isOptionsAsterisk()).as(why).isEqualTo(head.isOptionsAsterisk());
    assertThat(again.expectContinue()).as(why).isEqualTo(head.expectContinue());
    assertThat(again.wantsUpgrade()).as(why).isEqualTo(head.wantsUpgrade() && rewrite.keepUpgrade);
    assertThat(again.acceptsTrailers()).as(why).isEqualTo(head.acceptsTrailers());
    assertThat(again.minorVersion()).as(why).isEqualTo(1);
    assertThat(again.findHeader(Wire.bytes("x-hop")))
        .as(why)
        .satisfies(
            hop -> assertThat(hop == -1 || head.findHeader(Wire.bytes("x-hop")) >= 0).isTrue());
    if (!rewrite.trustedPeer) {
      assertThat(again.findHeader(Wire.bytes("k-probe"))).as(why).isEqualTo(-1);
    }
  }

  /** One request with the framing that was decided on, and the next where this one ends. */
  private static void readStrictly(RequestHead head, String out, String why) {
    String body = "";
    String framing = "none";
    if (head.framing() == Framing.CHUNKED) {
      body = CHUNKED_BODY;
      framing = "chunked=3";
    } else if (head.framing() == Framing.LENGTH && head.contentLength() <= MAX_BODY) {
      body = "b".repeat((int) head.contentLength());
      framing = "length=" + head.contentLength();
    } else if (head.framing() == Framing.LENGTH) {
      assertThat(StrictRequest.read(out, 0)).as(why).isNull();
      return;
    }
    StrictRequest request = oneAndNext(out + body, why);
    assertThat(request.framing()).as(why).isEqualTo(framing);
    int from = head.methodStart();
    String method = Wire.text(head.bytes(), from, head.methodEnd());
    assertThat(request.line()).as(why).isEqualTo(method + " " + Wire.target(head) + " HTTP/1.1");
    assertThat(request.field("host")).as(why).isEqualTo(authority(head));
  }

  private static String authority(RequestHead head) {
    return Wire.text(head.bytes(), head.authorityStart(), head.authorityEnd());
  }

  private static StrictRequest oneAndNext(String message, String why) {
    StrictRequest request = StrictRequest.read(message + Wire.NEXT, 0);
    if (request == null) {
      throw new AssertionError(why + "\nends in the middle: " + message);
    }
    assertThat(request.end()).as(why).isEqualTo(message.length());
    StrictRequest next = StrictRequest.read(message + Wire.NEXT, request.end());
    assertThat(next).as(why).isNotNull();
    assertThat(String.valueOf(next)).as(why).contains("GET /next HTTP/1.1");
    return request;
  }

  @Test
  void acceptedBodiesArePassedOnAsOneStrictBody() {
    System.out.println("MutationTest bodies: -Dleat.seed=" + seed);
    var reader = new BodyReader();
    int accepted = 0;
    for (int i = 0; i < BODIES; i++) {
      String text = mutations.body() + Wire.NEXT;
      int split = mutations.below(text.length());
      String why = "seed " + seed + " split " + split + ": " + text;
      String whole = run(reader, text, text.length(), false);
      boolean good = reader.done();
      long data = reader.bytes();
      String parts = run(reader, text, split, false);
      assertThat(reader.done()).as(why).isEqualTo(good);
      if (!good) {
        continue;
      }
      accepted++;
      assertThat(parts).as(why).isEqualTo(whole);
      int forwarded = whole.indexOf(BAR);
      String passed = whole.substring(0, forwarded);
      String rest = whole.substring(forwarded + 1);
      assertThat(text).as(why).endsWith(rest);
      assertThat(oneAndNext(CHUNKED_HEAD + passed, why).framing())
          .as(why)
          .isEqualTo("chunked=" + data);
      assertThat(run(reader, passed + rest, mutations.below(passed.length()), false))
          .as(why)
          .isEqualTo(passed + BAR + rest);
      assertThat(reader.bytes()).as(why).isEqualTo(data);
      String bare = run(reader, text, split, true);
      assertThat(bare.length() - rest.length() - 1).as(why).isEqualTo(data);
    }
    assertThat(accepted).as("seed %d", seed).isBetween(BODIES / 10, BODIES * 9 / 10);
  }

  /** What was passed on, a bar, and what was left; slices and buffers are all released. */
  private static String run(BodyReader reader, String text, int split, boolean dechunk) {
    var out = new StringBuilder();
    ByteBuf in = Unpooled.buffer(text.length()).writeBytes(Wire.bytes(text.substring(0, split)));
    reader.dechunk(dechunk);
    reader.start(Framing.CHUNKED, -1, true);
    reader.read(in, slice -> take(out, slice));
    in.writeBytes(Wire.bytes(text.substring(split)));
    reader.read(in, slice -> take(out, slice));
    out.append(BAR).append(in.toString(ISO_8859_1));
    assertThat(in.refCnt()).isEqualTo(1);
    in.release();
    return out.toString();
  }

  private static void take(StringBuilder out, ByteBuf slice) {
    out.append(slice.toString(ISO_8859_1));
    slice.release();
  }

  @Test
  void responsesAreRewrittenToOneStrictHead() {
    System.out.println("MutationTest responses: -Dleat.seed=" + seed);
    var head = new ResponseHead(ProxyLimits.DEFAULT);
    var again = new ResponseHead(ProxyLimits.DEFAULT);
    int accepted = 0;
    for (int i = 0; i < HEADS / 4; i++) {
      String request = mutations.head();
      String status =
          new String[] {"200 OK", "204 ", "304 x", "101 x", "103 x"}[mutations.below(5)];
      String text = "HTTP/1.1 " + status + request.substring(Math.max(0, request.indexOf('\r')));
      boolean bodiless = mutations.below(4) == 0;
      ByteBuf in = Wire.buffer(text);
      boolean good = head.parse(in, 0, in.readableBytes(), bodiless) == null;
      in.release();
      if (!good) {
        continue;
      }
      accepted++;
      ByteBuf out = Unpooled.buffer();
      ResponseHeadWriter.write(head, new ResponseRewrite(), out);
      String why = "seed " + seed + ": " + text;
      assertThat(HeadEnd.find(out, 0, out.writerIndex())).as(why).isEqualTo(out.writerIndex());
      oneFraming(out.toString(ISO_8859_1), why);
      assertThat(again.parse(out, 0, out.writerIndex(), bodiless)).as(why).isNull();
      assertThat(again.framing()).as(why).isEqualTo(head.framing());
      assertThat(again.status()).as(why).isEqualTo(head.status());
      if (head.framing() == Framing.LENGTH) {
        assertThat(again.contentLength()).as(why).isEqualTo(head.contentLength());
      }
      out.release();
    }
    assertThat(accepted).as("seed %d", seed).isGreaterThan(1000);
  }

  /** The fields read as those of a request: the grammar is the same, and so is the framing rule. */
  private static void oneFraming(String answer, String why) {
    int line = answer.indexOf("\r\n");
    assertThat(answer.substring(0, line))
        .as(why)
        .matches("HTTP/1\\.1 [1-5][0-9]{2} [\\t -~\\x80-\\xff]*");
    String fields = answer.substring(line);
    boolean chunked = fields.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding:");
    String host = "GET / HTTP/1.1\r\nhost: h" + fields.replaceAll("(?i)\r\nhost:", "\r\nx-host:");
    StrictRequest read = StrictRequest.read(chunked ? host + CHUNKED_BODY : host, 0);
    assertThat(read != null || !chunked).as(why).isTrue();
  }
}

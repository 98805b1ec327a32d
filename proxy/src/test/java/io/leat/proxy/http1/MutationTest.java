package io.leat.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Whatever is accepted and passed on means exactly one thing to the next reader. */
class MutationTest {
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
}

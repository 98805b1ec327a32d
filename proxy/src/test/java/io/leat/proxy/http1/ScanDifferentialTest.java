package io.leat.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The scans of eight bytes at a time say what a reading byte by byte says, to the position. */
class ScanDifferentialTest {
  private static final int ROUNDS = Integer.getInteger("leat.rounds", 1_000_000);
  private static final String STALE = "Host: stale\r\n: \r\n\r\nHost:x\r\n\r\n".repeat(40);

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final Mutations mutations = new Mutations(seed);
  private final ProxyLimits limits = ProxyLimits.DEFAULT;
  private final RequestHead head = new RequestHead(limits);
  private final RequestHead ahead = new RequestHead(limits);

  private String why(String text) {
    return "seed " + seed + ": " + text;
  }

  private void fail(String what, String text) {
    throw new AssertionError(what + ", " + why(text));
  }

  /** Leaves bytes in the array that would go on where the next content ends. */
  private static void soil(RequestHead head) {
    byte[] stale = Wire.bytes(STALE);
    System.arraycopy(stale, 0, head.bytes(), 0, Math.min(stale.length, head.bytes().length));
  }

  @Test
  void fieldsAreFoundWhereTheyAre() {
    System.out.println("ScanDifferentialTest fields: -Dleat.seed=" + seed);
    int good = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutations.head();
      byte[] bytes = Wire.bytes(text);
      int from = Math.min(bytes.length, text.indexOf('\n') + 1);
      var expected =
          ReferenceScan.fields(bytes, from, limits.headerLineBytes(), limits.headerCount());
      soil(head);
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      head.load(in, 0, bytes.length);
      in.release();
      Rejection refused = head.parseFields(from, false);
      if (refused != expected.refused()) {
        fail(refused + " for " + expected.refused(), text);
      }
      if (head.fieldCount() != expected.fields().size()) {
        fail(head.fieldCount() + " fields", text);
      }
      for (int field = 0; field < head.fieldCount(); field++) {
        check(field, expected.fields().get(field), text);
      }
      good += refused == null ? 1 : 0;
    }
    assertThat(good).as("seed %d", seed).isBetween(ROUNDS / 10, ROUNDS * 19 / 20);
  }

  private void check(int field, ReferenceScan.Field expected, String text) {
    boolean same =
        head.nameStart(field) == expected.nameStart()
            && head.nameEnd(field) == expected.nameEnd()
            && head.valueStart(field) == expected.valueStart()
            && head.valueEnd(field) == expected.valueEnd()
            && head.lineEnd(field) == expected.lineEnd();
    if (!same) {
      fail("field " + field + " is not " + expected, text);
    }
    int id = ReferenceScan.id(head.bytes(), expected.nameStart(), expected.nameEnd());
    if (id >= 0 && head.id(field) != id) {
      fail("field " + field + " is " + head.id(field) + " for " + id, text);
    }
  }

  @Test
  void onePassSaysWhatTwoSay() {
    System.out.println("ScanDifferentialTest passes: -Dleat.seed=" + seed);
    int good = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutations.head();
      byte[] bytes = Wire.bytes(text + (mutations.below(2) == 0 ? Wire.NEXT : ""));
      int before = mutations.below(9);
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      ByteBuf in = Unpooled.wrappedBuffer(shifted);
      int end = HeadEnd.find(in, before, shifted.length);
      if (end != ReferenceScan.headEnd(shifted, before)) {
        fail("the head ends at " + end, text);
      }
      soil(ahead);
      int whole = ahead.parseAhead(in, before, shifted.length);
      Rejection refused = end < 0 ? Rejection.BAD_REQUEST : head.parse(in, before, end - before);
      if (whole != (refused == null ? end : -1)) {
        fail(whole + " for " + end + " " + refused, text);
      }
      in.release();
      if (whole >= 0) {
        good++;
        sameHeads(text);
      }
    }
    assertThat(good).as("seed %d", seed).isBetween(ROUNDS / 10, ROUNDS * 19 / 20);
  }

  private void sameHeads(String text) {
    boolean same =
        ahead.fieldCount() == head.fieldCount()
            && ahead.framing() == head.framing()
            && ahead.contentLength() == head.contentLength()
            && ahead.keepAlive() == head.keepAlive()
            && ahead.wantsUpgrade() == head.wantsUpgrade()
            && ahead.acceptsTrailers() == head.acceptsTrailers()
            && ahead.expectContinue() == head.expectContinue()
            && ahead.isOptionsAsterisk() == head.isOptionsAsterisk()
            && Wire.target(ahead).equals(Wire.target(head))
            && Wire.path(ahead).equals(Wire.path(head))
            && Wire.authority(ahead).equals(Wire.authority(head))
            && Wire.host(ahead).equals(Wire.host(head));
    for (int i = 0; same && i < head.fieldCount(); i++) {
      same =
          ahead.nameStart(i) == head.nameStart(i)
              && ahead.nameEnd(i) == head.nameEnd(i)
              && ahead.valueStart(i) == head.valueStart(i)
              && ahead.valueEnd(i) == head.valueEnd(i)
              && ahead.lineEnd(i) == head.lineEnd(i)
              && ahead.id(i) == head.id(i)
              && ahead.nominated(i) == head.nominated(i);
    }
    if (!same) {
      fail("the passes differ", text);
    }
  }

  @Test
  void stopsAreTheFirstOnes() {
    System.out.println("ScanDifferentialTest stops: -Dleat.seed=" + seed);
    String common = "abcXYZ019-./ab";
    for (int i = 0; i < ROUNDS; i++) {
      int size = mutations.below(40);
      byte[] bytes = new byte[size + Octets.SLACK];
      for (int j = 0; j < size; j++) {
        boolean odd = mutations.below(12) == 0;
        int usual = common.charAt(mutations.below(common.length()));
        bytes[j] = (byte) (odd ? mutations.below(256) : usual);
      }
      int from = mutations.below(size + 1);
      int value = from;
      while (value < size && ReferenceScan.isInValue(bytes[value] & 0xff)) {
        value++;
      }
      boolean same =
          Octets.pathStop(bytes, from) == ReferenceScan.pathStop(bytes, from)
              && Octets.queryStop(bytes, from) == ReferenceScan.queryStop(bytes, from)
              && Octets.valueStop(bytes, from) == value
              && Octets.isPlainName(bytes, from, size)
                  == ReferenceScan.isPlainName(bytes, from, size);
      if (!same) {
        fail("a scan from " + from + " differs", Arrays.toString(bytes));
      }
    }
  }

  @Test
  void everyByteIsJudgedInEveryPlace() {
    for (int octet = 0; octet < 256; octet++) {
      for (int at = 0; at < 26; at++) {
        byte[] text = Wire.bytes("proxy-authentication-inf0: " + "v".repeat(26) + "\r\n\r\n");
        byte[] name = text.clone();
        name[at] = (byte) octet;
        byte[] value = text.clone();
        value[27 + at] = (byte) octet;
        for (byte[] bytes : new byte[][] {name, value}) {
          var expected = ReferenceScan.fields(bytes, 0, 1000, 10);
          ByteBuf in = Unpooled.wrappedBuffer(bytes);
          head.load(in, 0, bytes.length);
          in.release();
          Rejection refused = head.parseFields(0, false);
          assertThat(refused).as("byte %d at %d", octet, at).isEqualTo(expected.refused());
          if (refused == null) {
            check(0, expected.fields().getFirst(), Arrays.toString(bytes));
          }
        }
      }
    }
  }
}

package io.leat.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 43 to 49, and which bytes of a body go on. */
class BodyReaderTest {
  private static final String TRAILERS = "0\r\nX-Sum: 1\r\nContent-Length: 9\r\nX-Two:2\r\n\r\n";

  private final BodyReader reader = new BodyReader();
  private final List<String> slices = new ArrayList<>();

  private void take(ByteBuf slice) {
    slices.add(slice.toString(ISO_8859_1));
    slice.release();
  }

  /** Feeds pieces and returns what stayed unread of the last one. */
  private String feed(String... pieces) {
    String rest = "";
    for (String piece : pieces) {
      ByteBuf in = Wire.buffer(piece);
      reader.read(in, this::take);
      rest = in.toString(ISO_8859_1);
      assertThat(in.refCnt()).isEqualTo(1);
      in.release();
    }
    return rest;
  }

  private String out() {
    return String.join("", slices);
  }

  private void chunked(String... pieces) {
    slices.clear();
    reader.start(Framing.CHUNKED, -1, true);
    feed(pieces);
  }

  @Test
  void asksFirstWhetherAPieceIsCopied() {
    BodyReader.Sink sink =
        new BodyReader.Sink() {
          @Override
          public void accept(ByteBuf slice) {
            take(slice);
          }

          @Override
          public boolean copied(ByteBuf in, int length) {
            if (length > 3) {
              return false;
            }
            slices.add("copy of " + in.readCharSequence(length, ISO_8859_1));
            return true;
          }
        };
    reader.start(Framing.LENGTH, 9, false);
    ByteBuf in = Wire.buffer("abcdef");
    reader.read(in, sink);
    assertThat(in.isReadable()).isFalse();
    in.release();
    ByteBuf last = Wire.buffer("ghiGET");
    reader.read(last, sink);
    assertThat(last.toString(ISO_8859_1)).isEqualTo("GET");
    last.release();
    assertThat(slices).containsExactly("abcdef", "copy of ghi");
    assertThat(reader.done()).isTrue();
    assertThat(reader.bytes()).isEqualTo(9);
  }

  @Test
  void lengthTakesExactlyItsBytes() {
    reader.start(Framing.LENGTH, 5, false);
    assertThat(feed("ab", "cdeGET")).isEqualTo("GET");
    assertThat(slices).containsExactly("ab", "cde");
    assertThat(reader.done()).isTrue();
    assertThat(reader.bytes()).isEqualTo(5);
    assertThat(feed("x")).isEqualTo("x");
    reader.start(Framing.LENGTH, 0, false);
    assertThat(reader.done()).isTrue();
    reader.start(Framing.NONE, -1, false);
    assertThat(reader.done()).isTrue();
    assertThat(feed("x")).isEqualTo("x");
  }

  @Test
  void row71EarlyCloseIsNoEnd() {
    reader.start(Framing.UNTIL_CLOSE, -1, false);
    assertThat(feed("abc")).isEmpty();
    assertThat(reader.done()).isFalse();
    reader.endOfInput();
    assertThat(reader.done()).isTrue();
    reader.start(Framing.LENGTH, 4, false);
    feed("abc");
    reader.endOfInput();
    assertThat(reader.failed()).isTrue();
    chunked("3\r\nabc\r\n");
    reader.endOfInput();
    assertThat(reader.failed()).isTrue();
    chunked("0\r\n\r\n");
    reader.endOfInput();
    assertThat(reader.done()).isTrue();
  }

  @Test
  void cleanChunksPassAsOneSlice() {
    String body = "3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n";
    reader.start(Framing.CHUNKED, -1, true);
    assertThat(feed(body + Wire.NEXT)).isEqualTo(Wire.NEXT);
    assertThat(slices).containsExactly(body);
    assertThat(reader.done()).isTrue();
    assertThat(reader.bytes()).isEqualTo(13);
  }

  @Test
  void everySplitGivesTheSameBytes() {
    String body = "3;a=\"\r\r\"\r\nabc\r\n".replace("\r\r", "x;\\\"") + "2\r\nde\r\n" + TRAILERS;
    String kept = "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\nX-Two:2\r\n\r\n";
    for (int first = 0; first <= body.length(); first++) {
      for (int second = first; second <= body.length(); second += 3) {
        chunked(body.substring(0, first), body.substring(first, second), body.substring(second));
        assertThat(reader.done()).as(first + "," + second).isTrue();
        assertThat(out()).isEqualTo(kept);
      }
      reader.dechunk(true);
      chunked(body.substring(0, first), body.substring(first));
      reader.dechunk(false);
      assertThat(reader.done()).isTrue();
      assertThat(out()).isEqualTo("abcde");
    }
    chunked(body.split("(?<=.)|(?<=\\n)", -1));
    assertThat(out()).isEqualTo(kept);
  }

  @Test
  void trailersAreDroppedForWhoDoesNotWantThem() {
    reader.start(Framing.CHUNKED, -1, false);
    assertThat(feed("1\r\na\r\n" + TRAILERS + "G")).isEqualTo("G");
    assertThat(out()).isEqualTo("1\r\na\r\n0\r\n\r\n");
  }

  @ParameterizedTest(name = "row 49: {0}")
  @ValueSource(
      strings = {
        "content-length",
        "Transfer-Encoding",
        "HOST",
        "connection",
        "authorization",
        "cookie",
        "set-cookie",
        "te",
        "trailer",
        "upgrade",
        "content-encoding",
        "content-type",
        "content-range",
        "cache-control",
        "expect",
        "max-forwards",
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-client-cert",
        "x-real-ip",
        "k-probe",
        "knative-serving-x",
        "keep-alive",
        "proxy-authorization",
        "x_y"
      })
  void row49(String name) {
    chunked("0\r\n" + name + ": 1\r\nok: 2\r\n\r\n");
    assertThat(reader.done()).isTrue();
    assertThat(out()).isEqualTo("0\r\nok: 2\r\n\r\n");
    chunked("0\r\n" + name + ": 1\r\n\r\n");
    assertThat(out()).isEqualTo("0\r\n\r\n");
  }

  /** CRLF is written as a hash, LF as a tilde and CR as a caret, a quote as a back quote. */
  @ParameterizedTest(name = "row {0}: {1}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "43|0x5#abcde#",
        "43|-5#abcde#",
        "43|+5#abcde#",
        "43|1_0#abcde#",
        "43| 5#abcde#",
        "43|5 #abcde#",
        "43|5\t#abcde#",
        "43|5 ;a#abcde#",
        "43|5 x#abcde#",
        "43|#abcde#",
        "43|;a#abcde#",
        "43|g#abcde#",
        "44|8000000000000000#a",
        "44|ffffffffffffffff#a",
        "44|10000000000000005#abcde#",
        "44|00000000000000005#abcde#",
        "46|5;a~b#abcde#",
        "46|5;a^b#abcde#",
        "46|5;a\u0000b#abcde#",
        "46|5;a=\"x#y\"#abcde#",
        "46|5;a\u00e9#abcde#",
        "46|5;#abcde#",
        "46|5;;a#abcde#",
        "46|5;a=#abcde#",
        "46|5;=a#abcde#",
        "46|5;a=b=c#abcde#",
        "46|5;a b#abcde#",
        "46|5;a #abcde#",
        "46|5;a=`x`y#abcde#",
        "46|5;a=x`y`#abcde#",
        "46|5;`a`#abcde#",
        "46|5;a=`x`=y#abcde#",
        "46|5;a=`x\u0001`#abcde#",
        "47|5#abcdef#",
        "47|5#abcde0#",
        "47|5#abcde^0#",
        "48|5~abcde~0~~",
        "48|5#abcde~0##",
        "48|0#~",
        "49|0#a : b##",
        "49|0#a##",
        "49|0#: b##",
        "49|0# a: b##",
        "49|0#a: b~##",
        "49|0#a: b^c##",
        "49|0#a: \u0001##",
        "49|0#a: b# c##"
      })
  void broken(String row, String text) {
    String body = text.replace("#", "\r\n").replace('~', '\n').replace('^', '\r').replace('`', '"');
    chunked(body);
    assertThat(reader.failed()).as(row).isTrue();
    assertThat(reader.done()).isFalse();
    assertThat(feed("more")).isEqualTo("more");
    chunked(body.split("(?<=.)|(?<=\\n)|(?<=\\r)", -1));
    assertThat(reader.failed()).isTrue();
  }

  @Test
  void row44NineDigitsDoNotWrap() {
    chunked("100000005\r\nabcde\r\n0\r\n\r\n");
    assertThat(reader.failed()).isFalse();
    assertThat(reader.done()).isFalse();
    assertThat(reader.bytes()).isEqualTo(12);
    chunked("7fffffffffffffff\r\nab");
    assertThat(reader.failed()).isFalse();
  }

  @Test
  void row45ExtensionsAreDroppedAndBounded() {
    chunked("1;a=b;c=\"d\"\r\nx\r\n0;last\r\n\r\n");
    assertThat(out()).isEqualTo("1\r\nx\r\n0\r\n\r\n");
    chunked("1; a = b; c\t=\t\"d \\\\\" ;e\r\nx\r\n0\r\n\r\n");
    assertThat(out()).isEqualTo("1\r\nx\r\n0\r\n\r\n");
    chunked("1;" + "a".repeat(1023) + "\r\nx\r\n0\r\n\r\n");
    assertThat(reader.done()).isTrue();
    chunked("1;" + "a".repeat(1024) + "\r\nx\r\n0\r\n\r\n");
    assertThat(reader.failed()).isTrue();
    chunked("1;aaaaaaaa\r\nx\r\n".repeat(200));
    assertThat(reader.failed()).isTrue();
  }

  @Test
  void trailerSectionIsBounded() {
    chunked("0\r\na: " + "b".repeat(60_000) + "\r\n\r\n");
    assertThat(reader.done()).isTrue();
    chunked("0\r\na: " + "b".repeat(70_000));
    assertThat(reader.failed()).isTrue();
    chunked("0\r\n" + "a: b\r\n".repeat(129) + "\r\n");
    assertThat(reader.failed()).isTrue();
    chunked("0\r\n" + "host: b\r\n".repeat(10_000));
    assertThat(reader.failed()).isTrue();
  }

  @Test
  void chunksOfOurOwnAreReadBack() {
    for (int size : new int[] {1, 15, 16, 255, 256, 4096, 70_000}) {
      var wire = new StringBuilder();
      ChunkWriter.data(Wire.buffer("d".repeat(size)), slice -> append(wire, slice));
      ChunkWriter.data(Wire.buffer(""), slice -> append(wire, slice));
      append(wire, ChunkWriter.lastChunk());
      assertThat(wire).startsWith(Integer.toHexString(size) + "\r\n");
      chunked(wire.toString());
      assertThat(reader.done()).isTrue();
      assertThat(reader.bytes()).isEqualTo(size);
    }
  }

  private static void append(StringBuilder wire, ByteBuf slice) {
    wire.append(slice.toString(ISO_8859_1));
    slice.release();
  }
}

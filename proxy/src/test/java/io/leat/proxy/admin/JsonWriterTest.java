package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class JsonWriterTest {

  @Test
  void writesNestedDocuments() {
    StringBuilder out = new StringBuilder();
    new JsonWriter(out)
        .beginObject()
        .name("a")
        .value(1)
        .name("b")
        .beginArray()
        .value("x")
        .value((String) null)
        .beginObject()
        .endObject()
        .beginArray()
        .endArray()
        .value(true)
        .value(1.5)
        .value(Double.NaN)
        .endArray()
        .name("c")
        .beginObject()
        .name("d")
        .value(Long.MIN_VALUE)
        .endObject()
        .endObject();
    assertThat(out)
        .hasToString(
            "{\"a\":1,\"b\":[\"x\",null,{},[],true,1.5,null],\"c\":{\"d\":-9223372036854775808}}");
  }

  @Test
  void escapesWhatJsonAsksFor() {
    assertThat(written("a\"b\\c\nd\re\tf\u0000g\u001fh\u2028i"))
        .isEqualTo("\"a\\\"b\\\\c\\nd\\re\\tf\\u0000g\\u001fh\\u2028i\"");
    assertThat(written("ä😀")).isEqualTo("\"ä😀\"");
    assertThat(written("\ud83d")).isEqualTo("\"\\ud83d\"");
    assertThat(written("\ude00x")).isEqualTo("\"\\ude00x\"");
  }

  /** Every JSON document is YAML, so another parser can be the judge. */
  @Test
  void anotherParserReadsTheSameStrings() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Load yaml = new Load(LoadSettings.builder().build());
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x3000);
        text.appendCodePoint(c == 0 || c == 0x7f || (c >= 0x80 && c < 0xa0) ? 'z' : c);
      }
      assertThat(yaml.loadFromString(written(text.toString())))
          .as("seed %d, document %d", seed, i)
          .isEqualTo(text.toString());
    }
  }

  @Test
  void wrongNestingIsRefused() {
    assertThatThrownBy(() -> new JsonWriter(new StringBuilder()).endObject())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new JsonWriter(new StringBuilder()).beginObject().value(1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new JsonWriter(new StringBuilder()).beginArray().name("a"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new JsonWriter(new StringBuilder()).beginArray().endObject())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> new JsonWriter(new StringBuilder()).beginObject().name("a").endObject())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new JsonWriter(new StringBuilder()).value(1).value(2))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFailingTargetIsReported() throws Exception {
    Writer closed = Writer.nullWriter();
    closed.close();
    assertThatThrownBy(() -> new JsonWriter(closed).value(1))
        .isInstanceOf(UncheckedIOException.class);
  }

  private static String written(String text) {
    StringBuilder out = new StringBuilder();
    new JsonWriter(out).value(text);
    return out.toString();
  }
}

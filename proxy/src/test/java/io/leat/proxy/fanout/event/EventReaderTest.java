package io.leat.proxy.fanout.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EventReaderTest {
  private static final EventReader READER = new EventReader(EventLimits.DEFAULT);
  private static final String CONTEXT =
      "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"";

  private static Map<String, List<String>> headers(String... pairs) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.computeIfAbsent(pairs[i], any -> new ArrayList<>()).add(pairs[i + 1]);
    }
    return headers;
  }

  private static EventReading binary(String body, String... more) {
    Map<String, List<String>> headers =
        headers("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t");
    headers.putAll(headers(more));
    return READER.read(HeaderSource.of(headers), bytes(body));
  }

  private static EventReading structured(String body) {
    return as("application/cloudevents+json", body);
  }

  private static EventReading as(String contentType, String body) {
    return READER.read(HeaderSource.of(headers("Content-Type", contentType)), bytes(body));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static CloudEvent one(EventReading reading) {
    assertThat(reading).isInstanceOf(Events.class);
    return ((Events) reading).events().getFirst();
  }

  private static String data(EventReading reading) {
    return new String(Objects.requireNonNull(one(reading).data()), StandardCharsets.UTF_8);
  }

  private static String problem(EventReading reading) {
    assertThat(reading).isInstanceOf(Unreadable.class);
    String problem = ((Unreadable) reading).problem();
    assertThat(problem).matches("[ -~]{1,300}");
    return problem;
  }

  @ParameterizedTest(name = "Binary content mode ({0})")
  @ValueSource(strings = {"application/json", "application/json; charset=utf-8"})
  void binaryContentMode(String contentType) {
    CloudEvent event =
        one(
            READER.read(
                HeaderSource.of(
                    headers(
                        "Host", "example.com",
                        "ce-specversion", "1.0",
                        "ce-type", "com.example.someevent",
                        "ce-time", "2018-04-05T03:56:24Z",
                        "ce-id", "1234-1234-1234",
                        "ce-source", "/mycontext/subcontext",
                        "Content-Type", contentType,
                        "Content-Length", "33")),
                bytes("{\n    \"message\": \"Hello World!\"\n}")));
    assertConformance(event, contentType);
  }

  @ParameterizedTest(name = "Structured content mode ({0})")
  @ValueSource(
      strings = {"application/cloudevents+json", "application/cloudevents+json; charset=utf-8"})
  void structuredContentMode(String contentType) {
    String body =
        """
        {
            "specversion": "1.0",
            "type": "com.example.someevent",
            "time": "2018-04-05T03:56:24Z",
            "id": "1234-1234-1234",
            "source": "/mycontext/subcontext",
            "datacontenttype": "application/json",
            "data": {
                "message": "Hello World!"
            }
        }
        """;
    assertConformance(one(as(contentType, body)), "application/json");
  }

  private static void assertConformance(CloudEvent event, String contentType) {
    assertThat(event.attributes())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "id", "1234-1234-1234",
                "specversion", "1.0",
                "type", "com.example.someevent",
                "source", "/mycontext/subcontext",
                "time", "2018-04-05T03:56:24Z",
                "datacontenttype", contentType));
    String data = new String(Objects.requireNonNull(event.data()), StandardCharsets.UTF_8);
    assertThat(data.replaceAll("\\s*([{}])\\s*", "$1"))
        .isEqualTo("{\"message\": \"Hello World!\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Euro%20%E2%82%AC%20%F0%9F%98%80|Euro € 😀",
        "%41%6a%6A|Ajj",
        "\"a \\\"b\\\" c\"|a \"b\" c",
        "\"%22\"|\"",
        "a\"b|a\"b",
        "plain|plain"
      })
  void headerValuesAreDecoded(String header, String value) {
    assertThat(one(binary("", "ce-subject", header)).attribute("subject")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%C0%A0",
        "%E0%80%80",
        "%ED%A0%80",
        "%F4%90%80%80",
        "%FF",
        "%C3",
        "%",
        "%4",
        "%zz",
        "%+1",
        "\"open",
        "\"a\" b",
        "\"a\\",
        "ä",
        "a%E2%82"
      })
  void headerValuesThatAreNotEncodedRightAreRefused(String header) {
    assertThat(problem(binary("", "ce-ext", header)))
        .startsWith("ce-ext: '")
        .endsWith("' (expected: percent-encoded UTF-8, quotes in pairs)");
  }

  @Test
  void headersInRawUtf8AreTakenByteByByte() {
    String raw = new String(bytes("€"), StandardCharsets.ISO_8859_1);
    assertThat(one(binary("", "ce-ext", raw)).attribute("ext")).isEqualTo("€");
  }

  @Test
  void theModeIsFoundWhateverTheCaseAndBodyDecidesOverHeaders() {
    EventReading reading =
        READER.read(
            HeaderSource.of(
                headers("CONTENT-TYPE", "Application/CloudEvents+JSON;x=y", "CE-ID", "other")),
            bytes("{" + CONTEXT + "}"));
    assertThat(((Events) reading).mode()).isEqualTo(ContentMode.STRUCTURED);
    assertThat(one(reading).id()).isEqualTo("1");
    assertThat(one(as("application/cloudevents", "{" + CONTEXT + "}")).data()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/cloudevents+avro", "application/cloudevents-batch+xml",
        "application/cloudevents+json; charset=utf-16", "application/cloudeventsx"
      })
  void otherFormatsOfEventsAreAKindOfTheirOwn(String contentType) {
    Unreadable unreadable = (Unreadable) as(contentType, "{" + CONTEXT + "}");
    assertThat(unreadable.kind()).isEqualTo(Kind.UNKNOWN_FORMAT);
  }

  @Test
  void whatDoesNotSayThatItIsAnEventIsNone() {
    Unreadable unreadable = (Unreadable) as("application/json", "{" + CONTEXT + "}");
    assertThat(unreadable.kind()).isEqualTo(Kind.NO_EVENT);
  }

  @Test
  void dataIsTheExactSlice() {
    assertThat(data(structured("{" + CONTEXT + ", \"data\" : { \"a\": [1.50 ,\"\\u00e9\"] } }")))
        .isEqualTo("{ \"a\": [1.50 ,\"\\u00e9\"] }");
    assertThat(data(structured("{\"data\":null," + CONTEXT + "}"))).isEqualTo("null");
    assertThat(data(structured("{" + CONTEXT + ",\"data\":\"a\\n\"}"))).isEqualTo("\"a\\n\"");
    assertThat(
            data(structured("{\"data\":\"a\\n\",\"datacontenttype\":\"text/x\"," + CONTEXT + "}")))
        .isEqualTo("a\n");
    assertThat(data(structured("{" + CONTEXT + ",\"data_base64\":\"SGk=\"}"))).isEqualTo("Hi");
  }

  @Test
  void dataWithoutTypeIsJsonInStructuredModeAndUnknownInBinary() {
    assertThat(one(structured("{" + CONTEXT + ",\"data\":1}")).attribute("datacontenttype"))
        .isEqualTo("application/json");
    assertThat(one(structured("{" + CONTEXT + "}")).attribute("datacontenttype")).isNull();
    assertThat(one(structured("{" + CONTEXT + ",\"data_base64\":\"\"}")).data()).isEmpty();
    assertThat(one(structured("{\"datacontenttype\":null," + CONTEXT + ",\"data\":1}")).data())
        .isEqualTo(bytes("1"));
    assertThat(one(binary("1")).attribute("datacontenttype")).isNull();
    assertThat(one(binary("")).data()).isNull();
  }

  @Test
  void integersAndBooleansStayWhatTheyAre() {
    CloudEvent event =
        one(structured("{" + CONTEXT + ",\"a\":-0,\"b\":2147483647,\"c\":true,\"d\":\"1\"}"));
    assertThat(event.literals()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(event.attribute("a")).isEqualTo("0");
    assertThat(new String(EventWriter.structured(event).body(), StandardCharsets.UTF_8))
        .endsWith("\"a\":0,\"b\":2147483647,\"c\":true,\"d\":\"1\"}");
  }

  @Test
  void versionThreeStaysWhatItIs() {
    String old = CONTEXT.replace("1.0", "0.3") + ",\"schemaurl\":\"x\"";
    CloudEvent event =
        one(
            structured(
                "{"
                    + old
                    + ",\"datacontentencoding\":\"Base64\",\"datacontenttype\":\"a/b\","
                    + "\"data\":\"SGk=\"}"));
    assertThat(event.specversion()).isEqualTo("0.3");
    assertThat(event.data()).isEqualTo(bytes("Hi"));
    assertThat(new String(EventWriter.structured(event).body(), StandardCharsets.UTF_8))
        .contains("\"datacontentencoding\":\"base64\",\"data\":\"SGk=\"")
        .doesNotContain("data_base64");
    assertThat(EventWriter.binary(event).headers())
        .containsEntry("ce-specversion", "0.3")
        .doesNotContainKey("ce-datacontentencoding");
    CloudEvent encoded =
        one(binary("SGk=", "ce-specversion", "0.3", "ce-datacontentencoding", "base64"));
    assertThat(EventWriter.binary(encoded).headers())
        .containsEntry("ce-datacontentencoding", "base64");
    assertThat(problem(binary("?", "ce-specversion", "0.3", "ce-datacontentencoding", "base64")))
        .isEqualTo("ce-datacontentencoding: (expected: a body in Base64)");
  }

  @Test
  void aBatchOfThreeWithOneBadIsRefusedWhole() {
    String good = "{" + CONTEXT + "}";
    String bad = "{" + CONTEXT.replace("\"/s\"", "\"\"") + "}";
    assertThat(problem(batch(good + "," + bad + "," + good)))
        .isEqualTo("$[1].source: '' (expected: a URI-reference)");
    assertThat(((Events) batch(good + "," + good + "," + good)).events()).hasSize(3);
    assertThat(((Events) batch("")).events()).isEmpty();
    assertThat(problem(batch(good + "," + good.replace("1.0", "0.3"))))
        .isEqualTo("$[1].specversion: 0.3 (expected: that of the other events)");
  }

  private static EventReading batch(String elements) {
    return as("application/cloudevents-batch+json", "[" + elements + "]");
  }

  @Test
  void limitsAreKept() {
    EventLimits small = new EventLimits(2, 5, 100, 4);
    EventReader reader = new EventReader(small);
    String event = "{" + CONTEXT + "}";
    HeaderSource batch =
        HeaderSource.of(headers("content-type", "application/cloudevents-batch+json"));
    Unreadable many =
        (Unreadable) reader.read(batch, bytes("[" + event + "," + event + "," + event + "]"));
    assertThat(many.problem()).isEqualTo("$: more events (expected: at most 2)");
    assertThat(many.kind()).isEqualTo(Kind.TOO_LARGE);
    String wide =
        IntStream.range(0, 6).mapToObj(i -> ",\"e" + i + "\":1").collect(Collectors.joining());
    String nulls = wide.replace("1", "null");
    for (String more : List.of(wide, nulls, ",\"e\":\"" + "x".repeat(90) + '"')) {
      Unreadable large = (Unreadable) reader.read(batch, bytes("[{" + CONTEXT + more + "}]"));
      assertThat(large.problem())
          .isEqualTo("$[0].*: too much (expected: 5 attributes in 100 bytes)");
    }
    Unreadable deep = (Unreadable) reader.read(batch, bytes("[{" + CONTEXT + ",\"data\":[[[]]]}]"));
    assertThat(deep.problem()).contains("deeper than 4");
    Map<String, List<String>> crowd = headers("ce-specversion", "1.0");
    IntStream.range(0, 100).forEach(i -> crowd.put("ce-h" + i, List.of("x")));
    Unreadable wideHeaders = (Unreadable) reader.read(HeaderSource.of(crowd), new byte[0]);
    assertThat(wideHeaders.problem())
        .isEqualTo("ce-*: too much (expected: 5 attributes in 100 bytes)");
  }

  @Test
  void elementsGetWhatTheirParentCanGive() {
    EventReading reading =
        READER.read(
            HeaderSource.of(headers("content-type", "application/cloudevents-batch+json")),
            bytes(
                "[{\"specversion\":\"1.0\",\"type\":\"t\"},{"
                    + CONTEXT
                    + "},"
                    + "{\"specversion\":\"1.0\",\"type\":\"t\",\"id\":null}]"),
            new EventReader.ElementDefaults("p", "/parent"));
    assertThat(((Events) reading).events())
        .extracting(CloudEvent::id, CloudEvent::source)
        .containsExactly(tuple("p.0", "/parent"), tuple("1", "/s"), tuple("p.2", "/parent"));
  }
}

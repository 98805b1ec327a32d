package io.leat.proxy.fanout.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every rule that a message can break, with the text that names it. */
final class MalformedEventsTest {
  private static final EventReader READER = new EventReader(EventLimits.DEFAULT);
  private static final Map<String, String> BINARY =
      Map.of("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t");

  private static EventReading structured(byte[] body) {
    return READER.read(
        HeaderSource.of(Map.of("content-type", List.of("application/cloudevents+json"))), body);
  }

  private static String problem(EventReading reading) {
    assertThat(reading).isInstanceOf(Unreadable.class);
    Unreadable unreadable = (Unreadable) reading;
    assertThat(unreadable.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(unreadable.problem()).matches("[ -~]{1,300}");
    return unreadable.problem();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "ce-id          | -         | ce-id: missing (expected: every required attribute)",
        "ce-source      | -         | ce-source: missing (expected: every required attribute)",
        "ce-type        | -         | ce-type: missing (expected: every required attribute)",
        "ce-id          | ``        | ce-id: '' (expected: a text that is not empty)",
        "ce-type        | ``        | ce-type: '' (expected: a text that is not empty)",
        "ce-source      | ``        | ce-source: '' (expected: a URI-reference)",
        "ce-source      | a%20b     | ce-source: 'a b' (expected: a URI-reference)",
        "ce-source      | 1a:b      | ce-source: '1a:b' (expected: a URI-reference)",
        "ce-source      | /a#b#c    | ce-source: '/a#b#c' (expected: a URI-reference)",
        "ce-source      | /%252     | ce-source: '/%2' (expected: a URI-reference)",
        "ce-source      | /[x]      | ce-source: '/[x]' (expected: a URI-reference)",
        "ce-specversion | 1.1       | ce-specversion: '1.1' (expected: 1.0 or 0.3)",
        "ce-specversion | ``        | ce-specversion: '' (expected: 1.0 or 0.3)",
        "ce-subject     | ``        | ce-subject: '' (expected: a text that is not empty)",
        "ce-time        | 2026      | ce-time: '2026' (expected: a time as in RFC 3339)",
        "ce-dataschema  | x         | ce-dataschema: 'x' (expected: an absolute URI)",
        "content-type   | json      | content-type: 'json' (expected: a media type)",
        "content-type   | a/b c     | content-type: 'a/b c' (expected: a media type)",
        "content-type   | a/b;c     | content-type: 'a/b;c' (expected: a media type)",
        "ce-datacontenttype | a/b   | ce-datacontenttype: (expected: content-type instead)",
        "ce-data        | x         | ce-data: (expected: lower-case letters and digits as a name)",
        "ce-            | x         | ce-: (expected: lower-case letters and digits as a name)",
        "ce-a_b         | x         | ce-a_b: (expected: lower-case letters and digits as a name)",
        "ce-x           | %0D%0A    | ce-x: '??' (expected: no control characters, noncharacters or"
            + " halves of surrogate pairs)",
        "ce-x           | %EF%BF%BF | ce-x: '?' (expected: no control characters, noncharacters or"
            + " halves of surrogate pairs)",
        "ce-x           | %C2%85    | ce-x: '?' (expected: no control characters, noncharacters or"
            + " halves of surrogate pairs)",
        "ce-x           | %C0%A0    | ce-x: '%C0%A0' (expected: percent-encoded UTF-8, quotes in"
            + " pairs)",
        "CE-ID          | 2         | ce-id: twice (expected: once)",
      })
  void binary(String header, @Nullable String value, String problem) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    BINARY.forEach((name, each) -> headers.put(name, List.of(each)));
    if (value == null) {
      headers.remove(header);
    } else {
      headers.put(header, List.of(value));
    }
    assertThat(problem(READER.read(HeaderSource.of(headers), new byte[0]))).isEqualTo(problem);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"x\":{}}     | $.x: (expected: a string, an integer or a boolean)",
        "{\"x\":[1]}    | $.x: (expected: a string, an integer or a boolean)",
        "{\"x\":1.5}    | $.x: '1.5' (expected: an integer of 32 bits)",
        "{\"x\":1e2}    | $.x: '1e2' (expected: an integer of 32 bits)",
        "{\"x\":2147483648} | $.x: '2147483648' (expected: an integer of 32 bits)",
        "{\"x\":99999999999999} | $.x: '99999999999999' (expected: an integer of 32 bits)",
        "{\"X\":\"1\"}  | $.X: (expected: lower-case letters and digits as a name)",
        "{\"\":\"1\"}   | $.: (expected: lower-case letters and digits as a name)",
        "{\"id\":7}     | $.id: '7' (expected: a string)",
        "{\"time\":true} | $.time: 'true' (expected: a time as in RFC 3339)",
        "{\"x\":\"\\ud800\"} | $.x: '?' (expected: no control characters, noncharacters or halves"
            + " of surrogate pairs)",
        "{\"x\":\"1\",\"x\":\"1\"} | $.x: twice (expected: once)",
        "{\"x\":null,\"x\":\"1\"} | $.x: twice (expected: once)",
        "{\"x\":\"1\",\"x\":null} | $.x: twice (expected: once)",
        "{\"data\":1,\"data\":1} | $.data: twice (expected: data or data_base64, once)",
        "{\"data\":1,\"data_base64\":\"\"} | $.data_base64: twice (expected: data or data_base64,"
            + " once)",
        "{\"data_base64\":1} | $.data_base64: (expected: Base64 in a string)",
        "{\"data_base64\":\"a\"} | $.data_base64: (expected: Base64 in a string)",
        "{\"data_base64\":\"YQ=\"} | $.data_base64: (expected: Base64 in a string)",
        "{\"data_base64\":\"Y-Q_\"} | $.data_base64: (expected: Base64 in a string)",
        "{\"datacontenttype\":\"a/b\",\"data\":\"\\udc00\"} | $.data: (expected: no halves of"
            + " surrogate pairs)",
        "{\"specversion\":\"0.3\",\"data_base64\":\"\"} | $.data_base64: (expected: data and"
            + " datacontentencoding in 0.3)",
        "{\"specversion\":\"0.3\",\"datacontentencoding\":\"gzip\",\"data\":\"\"} |"
            + " $.datacontentencoding: 'gzip' (expected: base64)",
        "{\"specversion\":\"0.3\",\"datacontentencoding\":\"base64\",\"data\":{}} | $.data:"
            + " (expected: Base64 in a string)",
        "{\"specversion\":\"0.3\",\"schemaurl\":\"a b\"} | $.schemaurl: 'a b' (expected: a"
            + " URI-reference)",
      })
  void structuredMembers(String members, String problem) {
    StringBuilder body = new StringBuilder(members.substring(0, members.length() - 1));
    for (String required : List.of("specversion", "id", "source", "type")) {
      if (!members.contains('"' + required + '"')) {
        String value = required.equals("specversion") ? "1.0" : "v";
        body.append(",\"").append(required).append("\":\"").append(value).append('"');
      }
    }
    byte[] bytes = body.append('}').toString().getBytes(StandardCharsets.UTF_8);
    assertThat(problem(structured(bytes))).isEqualTo(problem);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``            | $: not JSON at byte 0: expected: an object",
        "[]            | $: not JSON at byte 0: expected: an object",
        "{             | $: not JSON at byte 1: expected: '}'",
        "{]            | $: not JSON at byte 1: expected: a name in quotes",
        "{\"a\"        | $: not JSON at byte 4: expected: ':'",
        "{\"a\":       | $: not JSON at byte 5: expected: a value",
        "{\"a\":\"b    | $: not JSON at byte 7: a string without end",
        "{\"a\":\"\\x\"} | $: not JSON at byte 8: an unknown escape",
        "{\"a\":\"\\u00g0\"} | $: not JSON at byte 10: expected: four hexadecimal digits",
        "{\"a\":tru}   | $: not JSON at byte 8: expected: true",
        "{\"a\":01}    | $: not JSON at byte 6: expected: ',' or '}'",
        "{\"a\":-}     | $: not JSON at byte 6: expected: a digit",
        "{\"a\":1.}    | $: not JSON at byte 7: expected: a digit",
        "{\"a\":1e}    | $: not JSON at byte 7: expected: a digit",
        "{\"a\":+1}    | $: not JSON at byte 5: expected: a value",
        "{\"a\":1,}    | $: not JSON at byte 7: expected: a name in quotes",
        "{\"data\":[1,]} | $: not JSON at byte 11: expected: a value",
        "{\"data\":[1 2]} | $: not JSON at byte 11: expected: ',' or ']'",
        "{'a':1}       | $: not JSON at byte 1: expected: a name in quotes",
      })
  void brokenJson(String body, String problem) {
    assertThat(problem(structured(body.getBytes(StandardCharsets.UTF_8)))).isEqualTo(problem);
  }

  @Test
  void moreThanOneEventWithoutABatchAndBytesThatAreNotUtf8() {
    String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}";
    assertThat(problem(structured((event + event).getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("$: not JSON at byte " + event.length() + ": expected: nothing more");
    assertThat(problem(structured(event.replace("/s", "/ä").getBytes(StandardCharsets.ISO_8859_1))))
        .isEqualTo("$: (expected: JSON in UTF-8)");
    assertThat(structured(event.replace("/s", "/ä").getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Events.class);
    assertThat(problem(structured("{\"a\":\"\n\"}".getBytes(StandardCharsets.UTF_8))))
        .endsWith("a control character in a string");
  }

  @Test
  void twoContentTypesAreNoType() {
    Map<String, List<String>> headers = Map.of("content-type", List.of("a/b", "a/b"));
    assertThat(problem(READER.read(HeaderSource.of(headers), new byte[0])))
        .isEqualTo("content-type: twice (expected: once)");
  }

  @Test
  void whatAClientSentIsCutAndMadePrintable() {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    BINARY.forEach((name, each) -> headers.put(name, List.of(each)));
    headers.put("ce-source", List.of("%1B%5B31m%E2%82%AC".repeat(50)));
    assertThat(problem(READER.read(HeaderSource.of(headers), new byte[0])))
        .startsWith("ce-source: '?[31m??[31m?")
        .contains("...'")
        .hasSizeLessThan(160);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-02-28T00:00:00Z,true",
    "2024-02-29t23:59:60.123456789+23:59,true",
    "1990-12-31T23:59:60z,true",
    "2026-02-29T00:00:00Z,false",
    "2026-13-01T00:00:00Z,false",
    "2026-01-32T00:00:00Z,false",
    "2026-01-01T24:00:00Z,false",
    "2026-01-01T00:00:00,false",
    "2026-01-01T00:00:00.Z,false",
    "2026-01-01 00:00:00Z,false",
    "2026-01-01T00:00:00+0100,false",
    "2026-01-01T00:00:00-24:00,false"
  })
  void times(String time, boolean right) {
    assertThat(ValueForms.isTime(time)).isEqualTo(right);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h:80/p?q#f,true",
    "urn:uuid:6e8bc430,true",
    "mailto:a@b,true",
    "//[::1]/x,true",
    "/p,true",
    "1-555-123,true",
    "?q,true",
    "/a:b,true",
    "/källa,true",
    ":x,false",
    "/a<b,false",
    "/a|b,false",
    "/a\\b,false"
  })
  void references(String reference, boolean right) {
    assertThat(ValueForms.isUriReference(reference)).isEqualTo(right);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a/b|true",
        "a/b;|true",
        "a/b ; c=d ;e=\"f\\\";g\"|true",
        "a/|false",
        "/b|false",
        "a/b;c=|false",
        "a/b;c=\"d|false",
        "a/b,c/d|false"
      })
  void mediaTypes(String mediaType, boolean right) {
    assertThat(ValueForms.isMediaType(mediaType)).isEqualTo(right);
  }
}

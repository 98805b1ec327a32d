package io.leat.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code leat validate} says of how Channels and Subscriptions hang together. */
final class ValidateTopologyTest {
  private static final String CHANNEL =
      "{apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: ";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path dir;

  private int validate(String yaml) throws IOException {
    Path file = dir.resolve("a.yaml");
    Files.writeString(file, yaml);
    return Leat.execute(out, err, "validate", "-f", file.toString());
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static String channel(String name, String... deadLetter) {
    return """
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Channel
    metadata: {name: %s}
    spec: {provisioner: {ref: {name: log}}%s}
    ---
    """
        .formatted(name, deadLetter.length == 0 ? "" : ", " + delivery(deadLetter[0]));
  }

  private static String delivery(String channel) {
    return "delivery: {deadLetterSink: {ref: " + CHANNEL + channel + "}}}";
  }

  private static String subscription(String name, String role, String from, String rest) {
    return """
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Subscription
    metadata: {name: %s, annotations: {eventing.knative.dev/role: %s}}
    spec: {from: %s%s}, %s}
    ---
    """
        .formatted(name, role, CHANNEL, from, rest);
  }

  private static String to(String channel) {
    return "result: " + CHANNEL + channel + "}";
  }

  private static String call(String rest) {
    return "call: {dnsName: svc}" + (rest.isEmpty() ? "" : ", " + rest);
  }

  private static String link(String name, String from, String to) {
    return subscription(name, "transformer", from, to(to));
  }

  private static String routes(String target) {
    return "result: {target: "
        + CHANNEL
        + "b}, routeMapping: [{name: x, target: "
        + CHANNEL
        + target
        + "}}]}";
  }

  private static String source(String channel) {
    return """
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Source
    metadata: {name: tick}
    spec: {provisioner: {ref: {name: interval}}, arguments: {period: PT1S}, channel: %s%s}}
    """
        .formatted(CHANNEL, channel);
  }

  private static String two() {
    return channel("a") + channel("b") + subscription("end", "transformer", "b", call(""));
  }

  static Stream<Arguments> bad() {
    String ab = link("s", "a", "b");
    return Stream.of(
        Arguments.of("error: cycle", 5, two() + ab + link("t", "b", "a")),
        Arguments.of(
            "warning: cycle", 0, two() + ab + subscription("t", "filter", "b", call(to("a")))),
        Arguments.of("error: from-missing", 0, two() + ab + link("t", "gone", "b")),
        Arguments.of("error: result-missing", 0, two() + link("s", "a", "gone")),
        Arguments.of(
            "error: route-missing",
            0,
            two() + subscription("s", "router", "a", call(routes("gone")))),
        Arguments.of("error: source-channel-missing", 0, two() + ab + source("gone")),
        Arguments.of(
            "error: dead-letter-missing",
            0,
            two() + subscription("s", "filter", "a", call(delivery("gone")))),
        Arguments.of(
            "error: dead-letter-loop",
            5,
            two() + subscription("s", "filter", "a", call(delivery("a")))),
        Arguments.of(
            "warning: dead-letter-loop",
            0,
            channel("a")
                + channel("b", "a")
                + subscription("end", "transformer", "b", call(""))
                + ab),
        Arguments.of("warning: dead-end", 0, channel("a")),
        Arguments.of(
            "warning: router-without-default",
            0,
            two() + subscription("s", "router", "a", call(""))),
        Arguments.of(
            "warning: aggregator-without-completion",
            0,
            two() + subscription("s", "aggregator", "a", call(to("b")))),
        Arguments.of("warning: duplicate-subscription", 0, two() + ab + link("t", "a", "b")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void aBadGraphIsFlagged(String finding, int code, String yaml) throws IOException {
    assertThat(validate(yaml)).as(err()).isEqualTo(code);
    assertThat(err().lines().filter(line -> line.contains("a.yaml:")))
        .singleElement()
        .asString()
        .contains("a.yaml:")
        .contains(" " + finding + ": ");
    assertThat(out.size()).isZero();
  }

  @Test
  void whatOneSubscriptionSaysWrongIsAProblemOfItsOwn() throws IOException {
    assertThat(validate(two() + subscription("s", "filter", "a", call(routes("b"))))).isEqualTo(5);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("routeMapping");
    assertThat(err().lines()).as("no graph is made of broken parts").hasSize(1);
  }

  static Stream<String> good() {
    return Stream.of(
        two() + link("s", "a", "b") + source("a"),
        two() + subscription("s", "router", "a", call(routes("b"))),
        two()
            + channel("dead")
            + subscription("park", "filter", "dead", call(""))
            + subscription("s", "splitter", "a", call(to("b") + ", " + delivery("dead"))),
        two() + subscription("s", "filter", "a", call("")));
  }

  @ParameterizedTest
  @MethodSource("good")
  void aGoodGraphIsNot(String yaml) throws IOException {
    assertThat(validate(yaml)).as(err()).isZero();
    assertThat(err().lines()).hasSize(1);
  }

  @Test
  void aFindingSaysWhereTheSubscriptionIsWritten() throws IOException {
    assertThat(validate(two() + link("s", "a", "gone"))).isZero();
    long line = (two() + "\n\n").lines().count() + 1;
    assertThat(err()).contains("a.yaml:" + line + ":");
  }
}

package io.leat.proxy.fanout.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.HeaderSource;
import io.leat.proxy.fanout.event.WrittenEvent;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The wire formats of {@code docs/spec/roles.md}, byte for byte: what a subscriber is sent, what it
 * answers, and what follows.
 *
 * <p>A case says subscriber, event and reply; {@code -Dleat.regenerate=true} writes the rest.
 */
final class RoleGoldenTest {
  private static final String FOLDER = "proxy/src/test/resources/golden/roles";

  static List<String> cases() throws IOException {
    try (Stream<Path> files = Files.list(RenderedDocument.root().resolve(FOLDER))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyRoleHasCases() throws IOException {
    for (SubscriptionRole role : SubscriptionRole.values()) {
      String prefix = role.name().toLowerCase(Locale.ROOT) + "-";
      assertThat(cases()).filteredOn(name -> name.startsWith(prefix)).hasSizeGreaterThan(2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isAsItWasFrozen(String name) throws IOException {
    String path = FOLDER + "/" + name;
    Path file = RenderedDocument.root().resolve(path);
    List<String[]> sections = sections(Files.readString(file));
    Map<String, String> fields = fields(section(sections, "subscriber").getFirst());
    ChannelSubscriber to = subscriber(fields);
    List<CloudEvent> events =
        section(sections, "event").stream().map(text -> event(message(text))).toList();
    StringBuilder rendered = new StringBuilder();
    for (String[] section : sections) {
      if (List.of("subscriber", "event").contains(section[0])) {
        append(rendered, section[0], section[1]);
      }
    }
    if (RoleReplies.isCalled(to)) {
      WrittenEvent request =
          to.aggregate() == null
              ? RoleRequests.call(to, events.getFirst())
              : RoleRequests.group(events, fields.containsKey("partial"));
      append(rendered, "request", "POST " + to.call() + "\n" + text(request));
      String reply = section(sections, "reply").getFirst();
      append(rendered, "reply", reply);
      append(rendered, "outcome", text(RoleReplies.decide(to, events.getFirst(), reply(reply))));
    } else {
      append(rendered, "outcome", text(RoleReplies.withoutCall(to, events.getFirst())));
    }
    RenderedDocument.assertCurrent(path, rendered.toString());
  }

  private static void append(StringBuilder rendered, String name, String text) {
    rendered.append("== ").append(name).append('\n').append(text).append('\n');
  }

  private static List<String[]> sections(String file) {
    List<String[]> sections = new ArrayList<>();
    for (String section : ("\n" + file).split("\n== ", -1)) {
      if (!section.isBlank()) {
        int end = section.indexOf('\n');
        String text = end < 0 ? "" : section.substring(end + 1);
        sections.add(new String[] {end < 0 ? section : section.substring(0, end), cut(text)});
      }
    }
    return sections;
  }

  private static String cut(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static List<String> section(List<String[]> sections, String name) {
    return sections.stream().filter(each -> each[0].equals(name)).map(each -> each[1]).toList();
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    text.lines().forEach(line -> fields.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
    return fields;
  }

  private static ChannelSubscriber subscriber(Map<String, String> fields) {
    Map<String, String> routes = new LinkedHashMap<>();
    fields.forEach((name, value) -> {
      if (name.startsWith("route ")) {
        routes.put(name.substring(6), value);
      }
    });
    return new ChannelSubscriber(
        "uid",
        "default/case",
        1,
        SubscriptionRole.valueOf(fields.getOrDefault("role", "").toUpperCase(Locale.ROOT)),
        fields.get("call"),
        fields.get("reply"),
        routes,
        DeliveryPolicy.DEFAULT,
        fields.containsKey("group") ? new AggregatePolicy(null, 2, null, null, true) : null,
        fields.containsKey("attributes"),
        fields.get("split"));
  }

  private record Message(String first, Map<String, List<String>> headers, byte[] body) {}

  /** A message with a first line that is no header, or without one. */
  private static Message message(String text) {
    int gap = text.indexOf("\n\n");
    String head = gap < 0 ? text : text.substring(0, gap);
    String body = gap < 0 ? "" : text.substring(gap + 2);
    Map<String, List<String>> headers = new LinkedHashMap<>();
    String first = "";
    for (String line : head.split("\n", -1)) {
      if (line.contains(": ")) {
        String[] header = line.split(": ", 2);
        headers.computeIfAbsent(header[0], any -> new ArrayList<>()).add(header[1]);
      } else {
        first = line;
      }
    }
    return new Message(first, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private static CloudEvent event(Message message) {
    EventReading reading =
        RoleReplies.READER.read(HeaderSource.of(message.headers()), message.body());
    assertThat(reading).isInstanceOf(Events.class);
    return ((Events) reading).events().getFirst();
  }

  private static Reply reply(String text) {
    Message message = message(text);
    return new Reply(Integer.parseInt(message.first()), message.headers(), message.body());
  }

  private static String text(RoleOutcome outcome) {
    String note = outcome.note() == null ? "" : " (" + outcome.note().token() + ")";
    return switch (outcome) {
      case Done _ -> "done" + note;
      case Violation violation -> "violation " + violation.reason() + ": " + violation.detail();
      case Forward forward -> {
        StringBuilder text = new StringBuilder("forward" + note);
        for (Hop hop : forward.hops()) {
          text.append("\n-- POST ").append(hop.uri()).append('\n');
          text.append(text(RoleRequests.hop(hop.event(), null)));
        }
        yield text.toString();
      }
    };
  }

  private static String text(WrittenEvent written) {
    StringBuilder text = new StringBuilder();
    written.headers().forEach((name, value) -> text.append(name + ": " + value + "\n"));
    String body = new String(written.body(), StandardCharsets.UTF_8);
    return cut(text + (body.isEmpty() ? "" : "\n" + body));
  }
}

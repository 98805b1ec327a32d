package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.text.Columns;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat events}: what a Channel keeps, and what became of it. */
@Command(
    name = "events",
    description = "Print the events that a Channel keeps, and what became of each.",
    mixinStandardHelpOptions = true)
final class EventsCommand implements Runnable {
  /** How events are printed. */
  enum Output {
    TABLE,
    JSON
  }

  @Mixin private final ChannelOption channel = new ChannelOption();
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--failed",
      description = "Only those that went to a dead letter sink or were given up, the newest.")
  private boolean failed;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      defaultValue = "beginning",
      description = "beginning, an offset, or a time in RFC 3339 (default: ${DEFAULT-VALUE}).")
  private String from = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many at most, up to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TABLE;

  EventsCommand() {}

  @Override
  public void run() {
    String query =
        "?limit=" + limit + (failed ? "&failed=true" : "&from=" + ServerClient.encoded(from));
    JsonNode items = channel.client().required(channel.path("events") + query).path("items");
    PrintWriter out = terminal.out();
    if (output == Output.JSON) {
      out.println(items.toPrettyString());
    } else {
      (failed ? failures(items) : table(items)).forEach(out::println);
    }
    out.flush();
  }

  private static List<String> table(JsonNode items) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("OFFSET", "TIME", "TYPE", "SOURCE", "ID", "BYTES", "DELIVERIES"));
    for (JsonNode item : items) {
      List<String> deliveries = new ArrayList<>();
      for (JsonNode each : item.path("subscriptions")) {
        deliveries.add(each.path("subscription").asText() + "=" + each.path("state").asText());
      }
      rows.add(
          List.of(
              item.path("offset").asText(),
              item.path("time").asText(),
              item.path("type").asText(),
              item.path("source").asText(),
              item.path("id").asText(),
              item.path("bytes").asText(),
              String.join(",", deliveries)));
    }
    return Columns.lines(rows);
  }

  private static List<String> failures(JsonNode items) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SUBSCRIPTION", "SOURCE", "ID", "STATE", "TRIES", "STATUS"));
    for (JsonNode item : items) {
      rows.add(
          List.of(
              item.path("subscription").asText(),
              item.path("source").asText(),
              item.path("id").asText(),
              item.path("state").asText(),
              item.path("tries").asText(),
              item.path("lastStatus").asText()));
    }
    return Columns.lines(rows);
  }
}

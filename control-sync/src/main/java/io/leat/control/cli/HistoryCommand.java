package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.leat.control.cli.ServedKinds.ServedKind;
import io.leat.control.cli.text.Columns;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat history}: what a resource's spec was, since when, by whom and why. */
@Command(
    name = "history",
    description = "Print what the spec of a resource was, since when, by whom and why.",
    mixinStandardHelpOptions = true)
final class HistoryCommand implements Runnable {
  /** How a history is printed. */
  enum Output {
    TABLE,
    YAML,
    JSON
  }

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(
      arity = "1..2",
      paramLabel = "[KIND] NAME",
      description = "The resource; without KIND, a Service.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, yaml or json; the last two with specs (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TABLE;

  HistoryCommand() {}

  @Override
  public void run() {
    ServerClient client = server.client();
    ServedKinds kinds = new ServedKinds(client);
    ServedKind kind = kinds.named(words.size() == 2 ? words.getFirst() : "ksvc");
    JsonNode known =
        client.required(DescribeCommand.inspect(kind, namespace.name(), words.getLast()));
    PrintWriter out = terminal.out();
    print(out, known.path("history"));
    out.flush();
  }

  private void print(PrintWriter out, JsonNode history) {
    switch (output) {
      case TABLE -> table(history).forEach(out::println);
      case JSON -> out.println(history.toPrettyString());
      case YAML -> {
        try {
          out.print(new YAMLMapper().writeValueAsString(history));
        } catch (JsonProcessingException e) {
          throw new CommandFailure(ExitCode.FAILURE, e.getOriginalMessage());
        }
      }
    }
  }

  private static List<String> table(JsonNode history) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("GENERATION", "VERSION", "TIME", "WHO", "REASON"));
    for (JsonNode entry : history) {
      rows.add(
          List.of(
              entry.path("generation").asText(),
              entry.path("version").asText(),
              entry.path("time").asText(),
              entry.path("who").asText(),
              entry.path("reason").asText()));
    }
    return Columns.lines(rows);
  }
}

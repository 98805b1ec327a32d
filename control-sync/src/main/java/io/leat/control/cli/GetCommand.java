package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.leat.control.manifest.output.ResourceTable;
import io.leat.control.resource.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat get}: prints resources of a running Leat. */
@Command(name = "get", description = "Print resources.", mixinStandardHelpOptions = true)
final class GetCommand implements Runnable {
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  /** How resources are printed. */
  enum Output {
    TABLE,
    WIDE,
    YAML,
    JSON,
    NAME
  }

  @Mixin private final ServerOption server = new ServerOption();

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "KIND", description = "Kind, plural or short name.")
  private String kind = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "One resource.")
  private @Nullable String name;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NS",
      defaultValue = "default",
      description = "Namespace (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Resources of every namespace.")
  private boolean allNamespaces;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, wide, yaml, json or name (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TABLE;

  GetCommand() {}

  @Override
  public void run() {
    Kind known =
        Kind.named(kind)
            .orElseThrow(() ->
                new CommandFailure(
                    ExitCode.USAGE,
                    "unknown kind \""
                        + kind
                        + "\" (expected one of "
                        + String.join(", ", Arrays.stream(Kind.values()).map(Kind::plural).toList())
                        + ")"));
    boolean table = output == Output.TABLE || output == Output.WIDE;
    ServerOption.Answer answer =
        server.send("GET", path(known), table ? TABLE : "application/json");
    if (answer.status() == 404) {
      throw new CommandFailure(ExitCode.NOT_FOUND, message(answer));
    }
    if (answer.status() >= 300) {
      throw new CommandFailure(ExitCode.FAILURE, message(answer));
    }
    if (spec != null) {
      print(spec.commandLine().getOut(), known, parse(answer.body()));
    }
  }

  private String path(Kind known) {
    String group = known.group().isEmpty() ? "/api/" : "/apis/" + known.group() + "/";
    boolean everywhere = !known.isNamespaced() || (allNamespaces && name == null);
    String scope = everywhere ? "" : "/namespaces/" + namespace;
    return group
        + known.version()
        + scope
        + "/"
        + known.plural()
        + (name == null ? "" : "/" + name);
  }

  private void print(PrintWriter out, Kind known, JsonNode json) {
    switch (output) {
      case TABLE, WIDE -> printTable(out, json);
      case NAME -> {
        for (JsonNode item : items(json)) {
          out.println(
              known.kind().toLowerCase(Locale.ROOT)
                  + "."
                  + known.group()
                  + "/"
                  + item.path("metadata").path("name").asText());
        }
      }
      case JSON -> out.println(write(new ObjectMapper(), json));
      case YAML -> {
        YAMLFactory yaml =
            YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();
        out.print(write(new ObjectMapper(yaml), json));
      }
    }
    out.flush();
  }

  private static List<JsonNode> items(JsonNode json) {
    List<JsonNode> items = new ArrayList<>();
    if (json.has("items")) {
      json.path("items").forEach(items::add);
    } else {
      items.add(json);
    }
    return items;
  }

  private void printTable(PrintWriter out, JsonNode table) {
    List<List<String>> rows = new ArrayList<>();
    List<Integer> columns = new ArrayList<>();
    List<String> header = new ArrayList<>();
    if (allNamespaces) {
      header.add("NAMESPACE");
    }
    JsonNode definitions = table.path("columnDefinitions");
    for (int i = 0; i < definitions.size(); i++) {
      if (definitions.get(i).path("priority").asInt() == 0 || output == Output.WIDE) {
        columns.add(i);
        header.add(definitions.get(i).path("name").asText().toUpperCase(Locale.ROOT));
      }
    }
    for (JsonNode row : table.path("rows")) {
      List<String> cells = new ArrayList<>();
      if (allNamespaces) {
        cells.add(row.at("/object/metadata/namespace").asText());
      }
      columns.forEach(i -> cells.add(row.path("cells").path(i).asText()));
      rows.add(cells);
    }
    if (rows.isEmpty()) {
      return;
    }
    out.print(new ResourceTable(header, rows).text());
  }

  private static String message(ServerOption.Answer answer) {
    JsonNode json = parse(answer.body());
    return json.path("message").asText(answer.body().strip());
  }

  private static JsonNode parse(String body) {
    try {
      return new ObjectMapper().readTree(body);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(
          ExitCode.FAILURE, "the server's answer is not JSON: " + e.getOriginalMessage());
    }
  }

  private static String write(ObjectMapper mapper, JsonNode json) {
    try {
      return mapper.enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(ExitCode.FAILURE, e.getOriginalMessage());
    }
  }
}

package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.ServedKinds.ServedKind;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat get}: prints resources of a running Leat, once or as they change. */
@Command(name = "get", description = "Print resources.", mixinStandardHelpOptions = true)
final class GetCommand implements Runnable {
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "KIND", description = "Kind, plural or short name.")
  private String kind = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "One resource.")
  private @Nullable String name;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Resources of every namespace.")
  private boolean allNamespaces;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "LABELS",
      description = "Only resources with these labels, such as app=shop,tier!=test.")
  private @Nullable String selector;

  @Option(
      names = {"-w", "--watch"},
      description = "Go on and print what changes, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, wide, yaml, json or name (default: ${DEFAULT-VALUE}).")
  private ResourcePrinter.Output output = ResourcePrinter.Output.TABLE;

  GetCommand() {}

  @Override
  public void run() {
    ServerClient client = server.client();
    ServedKind served = new ServedKinds(client).named(kind);
    boolean everywhere = allNamespaces && name == null;
    boolean table = output == ResourcePrinter.Output.TABLE || output == ResourcePrinter.Output.WIDE;
    String accept = table ? TABLE : "application/json";
    String collection = served.collection(everywhere ? "" : namespace.name());
    String path = name == null ? collection + query("") : served.path(namespace.name(), name);
    ServerClient.Answer answer = client.send("GET", path, accept);
    if (!answer.succeeded()) {
      throw answer.failure();
    }
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    JsonNode first = answer.json();
    ResourcePrinter printer =
        new ResourcePrinter(out, output, served.singular(), everywhere && served.namespaced());
    if (!printer.print(first) && !watch) {
      err.println(
          "no " + served.plural() + " found" + (everywhere ? "" : " in " + namespace.name()));
    }
    if (watch) {
      watch(client, collection, accept, first, printer);
    }
  }

  private String query(String rest) {
    String labels = selector == null ? "" : "labelSelector=" + ServerClient.encoded(selector);
    String all = labels.isEmpty() || rest.isEmpty() ? labels + rest : labels + "&" + rest;
    return all.isEmpty() ? "" : "?" + all;
  }

  private void watch(
      ServerClient client,
      String collection,
      String accept,
      JsonNode first,
      ResourcePrinter printer) {
    String[] version = {first.at("/metadata/resourceVersion").asText()};
    String only =
        name == null ? "" : "&fieldSelector=metadata.name%3D" + ServerClient.encoded(name);
    while (true) {
      String path = collection + query("watch=true&resourceVersion=" + version[0] + only);
      ServerClient.Answer refused =
          client.follow(
              path,
              accept,
              line -> {
                JsonNode event = ServerClient.json(line);
                if (event.path("type").asText().equals("ERROR")) {
                  throw new CommandFailure(
                      ExitCode.FAILURE,
                      event.at("/object/message").asText() + "; run the command again");
                }
                version[0] = event.at("/object/metadata/resourceVersion").asText(version[0]);
                printer.printChange(event.path("object"));
                return true;
              });
      if (refused != null) {
        throw refused.failure();
      }
    }
  }
}

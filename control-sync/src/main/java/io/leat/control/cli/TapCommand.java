package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.text.TapText;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat tap}: prints requests of a running Leat as they end. */
@Command(
    name = "tap",
    description = "Print requests as they end, until Ctrl-C.",
    mixinStandardHelpOptions = true)
final class TapCommand implements Runnable {
  /** How a request is printed. */
  enum Output {
    TEXT,
    JSON
  }

  @Mixin private final ServerOption server = new ServerOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--host", paramLabel = "HOST", description = "Only requests for this host.")
  private @Nullable String host;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only answers like 404 or 5xx; 0 for requests that got none.")
  private @Nullable String status;

  @Option(names = "--method", paramLabel = "METHOD", description = "Only this method.")
  private @Nullable String method;

  @Option(names = "--path", paramLabel = "PREFIX", description = "Only paths that begin like this.")
  private @Nullable String path;

  @Option(
      names = "--route",
      paramLabel = "ROUTE",
      description = "Only requests of this Route: a name, or NAMESPACE/NAME.")
  private @Nullable String route;

  @Option(names = "--count", paramLabel = "N", description = "End after N requests.")
  private @Nullable Integer count;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, or json: an object per line (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TEXT;

  TapCommand() {}

  @Override
  public void run() {
    if (count != null && count < 1) {
      throw terminal.misuse("--count must be at least 1");
    }
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    int[] seen = {0};
    String[] error = {""};
    LiveStream.Ended ended =
        new LiveStream(server.client())
            .read(
                query(),
                line -> {
                  JsonNode said = ServerClient.json(line);
                  if (said.has("error")) {
                    error[0] = said.path("error").asText();
                  } else if (said.has("dropped")) {
                    dropped(err, said.path("dropped").asLong());
                  } else {
                    seen[0]++;
                    out.println(output == Output.JSON ? line : TapText.line(said));
                  }
                  return !out.checkError();
                });
    if (!error[0].isEmpty()) {
      throw new CommandFailure(ExitCode.FAILURE, error[0]);
    }
    if (ended == LiveStream.Ended.BROKEN) {
      err.println("the server has ended");
      if (count != null && seen[0] < count) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE, seen[0] + " of " + count + " requests were seen");
      }
    }
  }

  private static void dropped(PrintWriter err, long requests) {
    if (requests > 0) {
      err.println("dropped " + requests);
    }
  }

  private String query() {
    StringBuilder query = new StringBuilder("/debug/tap");
    put(query, "host", host);
    put(query, "status", status);
    put(query, "method", method);
    put(query, "path", path);
    put(query, "route", route);
    put(query, "count", count == null ? null : count.toString());
    return query.toString();
  }

  private static void put(StringBuilder query, String name, @Nullable String value) {
    if (value != null) {
      query.append(query.indexOf("?") < 0 ? '?' : '&').append(name).append('=');
      query.append(ServerClient.encoded(value));
    }
  }
}

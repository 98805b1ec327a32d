package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.text.LogText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code leat logs}: prints what the instances of a Revision or a Service print. */
@Command(
    name = "logs",
    description = "Print what the instances of a Revision or a Service print.",
    mixinStandardHelpOptions = true)
final class LogsCommand implements Runnable {
  private static final String REVISION = "revision";
  private static final String SERVICE = "service";
  private static final Map<String, String> KINDS =
      Map.of(
          REVISION,
          REVISION,
          "revisions",
          REVISION,
          "rev",
          REVISION,
          SERVICE,
          SERVICE,
          "services",
          SERVICE,
          "ksvc",
          SERVICE);

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(
      index = "0",
      paramLabel = "REVISION",
      description = "A Revision, or service/NAME for all Revisions of a Service.")
  private String resource = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with new lines, until Ctrl-C or the end of the server.")
  private boolean follow;

  @Option(
      names = "--tail",
      paramLabel = "N",
      description = "Begin with the last N lines, at most 10000 (default: all that are kept).")
  private @Nullable Integer tail;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Begin with lines of the last 5m, 30s, …")
  private @Nullable Duration since;

  @Option(names = "--timestamps", description = "Begin each line with its time.")
  private boolean timestamps;

  LogsCommand() {}

  @Override
  public void run() {
    String path = path();
    PrintWriter out = terminal.out();
    LogText text = new LogText(timestamps);
    String[] error = {""};
    LiveStream.Ended ended =
        new LiveStream(server.client())
            .read(
                path,
                line -> {
                  JsonNode said = ServerClient.json(line);
                  error[0] = said.path("error").asText("");
                  String shown = text.line(said);
                  if (!shown.isEmpty()) {
                    out.println(shown);
                  }
                  return !out.checkError();
                });
    if (!error[0].isEmpty()) {
      throw new CommandFailure(ExitCode.FAILURE, error[0]);
    }
    if (ended == LiveStream.Ended.BROKEN) {
      terminal.err().println("the server has ended");
      if (!follow) {
        throw new CommandFailure(ExitCode.UNREACHABLE, "not every line came");
      }
    }
  }

  /** What to ask the server. */
  private String path() {
    int slash = resource.indexOf('/');
    String word = slash < 0 ? REVISION : resource.substring(0, slash).toLowerCase(Locale.ROOT);
    String kind = KINDS.get(word);
    String name = resource.substring(slash + 1);
    if (kind == null || name.isEmpty()) {
      throw wrong("name a revision, or service/NAME (got \"" + resource + "\")");
    }
    if (tail != null && tail < 0) {
      throw wrong("--tail must not be negative");
    }
    return "/debug/logs?namespace="
        + ServerClient.encoded(namespace.name())
        + "&"
        + kind
        + "="
        + ServerClient.encoded(name)
        + (tail == null ? "" : "&tail=" + tail)
        + (since == null ? "" : "&sinceSeconds=" + Math.max(1, since.plusMillis(999).toSeconds()))
        + (follow ? "&follow=true" : "");
  }

  private ParameterException wrong(String message) {
    return terminal.misuse(message);
  }
}

package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat explain}: where a request would go, and why, from the running table. */
@Command(
    name = "explain",
    description = "Say where a request would go, and why.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Runnable {
  /** How the explanation is printed. */
  enum Output {
    TEXT,
    JSON
  }

  @Mixin private final ServerOption server = new ServerOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(
      arity = "1..2",
      paramLabel = "[METHOD] URL",
      description = "The request, such as GET http://shop.default.localhost/cart.")
  private List<String> request = new ArrayList<>();

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'Name: value'",
      description = "A header of the request; may be repeated.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TEXT;

  ExplainCommand() {}

  @Override
  public void run() {
    String method = request.size() == 2 ? request.getFirst() : "GET";
    StringBuilder path = new StringBuilder("/debug/explain?method=").append(encoded(method));
    path.append("&url=").append(encoded(request.getLast()));
    headers.forEach(header -> path.append("&header=").append(encoded(header)));
    ServerClient.Answer answer = server.send("GET", path.toString(), "application/json");
    if (answer.status() >= 300) {
      throw new CommandFailure(ExitCode.USAGE, answer.body().strip());
    }
    PrintWriter out = terminal.out();
    if (output == Output.JSON) {
      out.println(answer.body());
    } else {
      print(out, answer.json());
    }
    out.flush();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static void print(PrintWriter out, JsonNode answer) {
    out.printf(
        "%s %s%s, table version %d%n",
        text(answer, "method"),
        text(answer, "host"),
        text(answer, "path"),
        answer.path("version").asLong());
    String host = text(answer, "virtualHost");
    out.println(host.isEmpty() ? "host    no virtual host" : "host    " + host);
    answer.path("nearestHosts").forEach(near -> out.println("        nearest: " + near.asText()));
    for (JsonNode tried : answer.path("tried")) {
      String failed = text(tried, "failed");
      out.printf(
          "rule    %s of %s: %s%n",
          text(tried, "match"), text(tried, "route"), failed.isEmpty() ? "takes it" : failed);
    }
    switch (text(answer, "outcome")) {
      case "split" -> answer.path("targets").forEach(target -> target(out, target));
      case "reject" ->
          out.printf(
              "answer  %d %s%n",
              answer.path("rejection").path("status").asInt(),
              text(answer.path("rejection"), "error"));
      default -> out.printf("answer  %s %s%n", text(answer, "outcome"), text(answer, "status"));
    }
  }

  private static void target(PrintWriter out, JsonNode target) {
    out.printf(
        "target  %5.1f %%  %s  %s%n",
        target.path("percent").asDouble(), text(target, "revision"), text(target, "then"));
    for (JsonNode endpoint : target.path("endpoints")) {
      out.printf(
          "          %s  %d in flight%n",
          text(endpoint, "address"), endpoint.path("inFlight").asInt());
    }
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }
}

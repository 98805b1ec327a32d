package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.ServedKinds.ServedKind;
import io.leat.proxy.admin.VersionInfo;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat check}: whether this installation and its server are well, a line for each check. */
@Command(
    name = "check",
    description = "Check this installation and its server; exit 1 when a check fails.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  private static final int JAVA = 25;
  private static final int MAX_FINDINGS = 20;

  @Mixin private final ServerOption server = new ServerOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Folder of the store (default: .leat).")
  private Path stateDir = Path.of(".leat");

  private final List<String> lines = new ArrayList<>();
  private boolean failed;

  CheckCommand() {}

  @Override
  public Integer call() {
    java();
    stateDirectory();
    server();
    PrintWriter out = terminal.out();
    lines.forEach(out::println);
    out.flush();
    return failed ? ExitCode.FAILURE : ExitCode.OK;
  }

  private void report(boolean ok, String check, String found) {
    failed |= !ok;
    line(ok ? "ok" : "fail", check, found);
  }

  private void line(String outcome, String check, String found) {
    lines.add(String.format(Locale.ROOT, "%-5s %-10s %s", outcome, check, found));
  }

  private void java() {
    int feature = Runtime.version().feature();
    report(
        feature >= JAVA,
        "java",
        Runtime.version() + (feature >= JAVA ? "" : ": install a JDK " + JAVA));
  }

  private void stateDirectory() {
    Path dir = stateDir.toAbsolutePath().normalize();
    Path existing = dir;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    boolean ok =
        existing != null
            && Files.isDirectory(existing)
            && Files.isWritable(existing)
            && (!Files.exists(dir.resolve("leat.db")) || Files.isWritable(dir.resolve("leat.db")));
    report(ok, "state", dir + (ok ? " can be written" : " cannot be written: use --state-dir"));
  }

  private void server() {
    if (server.origin().isEmpty()) {
      line("skip", "server", "none known: start one with 'leat run', or name it by --server");
      return;
    }
    try {
      ServerClient client = server.client();
      ServerClient.Answer health = client.send("GET", "/healthz", "*/*");
      report(
          health.succeeded(),
          "server",
          client.url() + " (" + server.origin() + ") answers " + health.status());
      readiness(client);
      version(client);
      table(client);
      resources(client);
      topology(client);
    } catch (CommandFailure failure) {
      report(false, "server", String.valueOf(failure.getMessage()));
    }
  }

  private void readiness(ServerClient client) {
    ServerClient.Answer answer = client.send("GET", "/readyz", "*/*");
    report(
        answer.succeeded(),
        "ready",
        answer.succeeded() ? "serves" : "not ready: " + answer.message());
  }

  private void version(ServerClient client) {
    String theirs = client.get("/version").json().path("leat").asText();
    String ours = VersionInfo.current().leat();
    boolean same = theirs.equals(ours);
    line(
        same ? "ok" : "warn",
        "version",
        same ? theirs : "the server is " + theirs + ", this program " + ours);
  }

  private void table(ServerClient client) {
    double version = -1;
    double refused = 0;
    for (String series : client.send("GET", "/metrics", "text/plain").body().lines().toList()) {
      int space = series.lastIndexOf(' ');
      if (series.startsWith("leat_table_version")) {
        version = Double.parseDouble(series.substring(space + 1));
      } else if (series.startsWith("leat_table_swaps_total") && series.contains("refused")) {
        refused += Double.parseDouble(series.substring(space + 1));
      }
    }
    report(
        version > 0 && refused == 0,
        "table",
        version <= 0
            ? "none is live"
            : "version "
                + (long) version
                + (refused == 0 ? " is live" : " is live, " + (long) refused + " were refused"));
  }

  private void resources(ServerClient client) {
    for (ServedKind kind : new ServedKinds(client).all()) {
      if (!kind.ready() || kind.kind().equals("Revision")) {
        continue;
      }
      JsonNode items = client.get(kind.collection("")).json().path("items");
      List<String> troubled = new ArrayList<>();
      for (JsonNode item : items) {
        String reason = reason(item);
        if (!reason.isEmpty()) {
          troubled.add(
              item.at("/metadata/namespace").asText()
                  + "/"
                  + item.at("/metadata/name").asText()
                  + " ("
                  + reason
                  + ")");
        }
      }
      if (!items.isEmpty()) {
        report(
            troubled.isEmpty(),
            kind.plural(),
            troubled.isEmpty()
                ? items.size() + " ready"
                : troubled.size()
                    + " of "
                    + items.size()
                    + " not ready: "
                    + String.join(", ", troubled.subList(0, Math.min(5, troubled.size()))));
      }
    }
  }

  private void topology(ServerClient client) {
    ServerClient.Answer answer = client.get("/debug/topology");
    // In a cluster the API server has the resources, and an older server does not judge them.
    if (!answer.succeeded() || answer.json().path("channels").asInt() == 0) {
      return;
    }
    JsonNode findings = answer.json().path("findings");
    if (findings.isEmpty()) {
      line("ok", "topology", "nothing is wrong with the graph of events");
    }
    int most = Math.min(MAX_FINDINGS, findings.size());
    for (int i = 0; i < most; i++) {
      JsonNode each = findings.get(i);
      String found = each.path("code").asText() + ": " + each.path("text").asText();
      boolean isError = each.path("severity").asText().equals("error");
      failed |= isError;
      line(isError ? "fail" : "warn", "topology", found);
    }
    if (most < findings.size()) {
      line("warn", "topology", findings.size() - most + " more findings");
    }
  }

  /** Why a resource is not ready; empty when it is. */
  private static String reason(JsonNode item) {
    for (JsonNode condition : item.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("status").asText().equals("True")
            ? ""
            : condition.path("reason").asText("Unknown");
      }
    }
    return "NotReconciled";
  }
}

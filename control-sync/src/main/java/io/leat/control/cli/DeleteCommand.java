package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.ManifestOption.Document;
import io.leat.control.cli.ServedKinds.ServedKind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat delete}: removes resources of a running Leat, and what they control. */
@Command(
    name = "delete",
    description = "Delete resources by name or as manifests name them, and what they control.",
    mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();
  @Mixin private final ManifestOption manifests = new ManifestOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KIND",
      description = "Kind, plural or short name.")
  private @Nullable String kind;

  @Parameters(index = "1..*", paramLabel = "NAME", description = "Resources of that kind.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--dry-run", description = "Change nothing, and say what would change.")
  private boolean dryRun;

  @Option(names = "--wait", description = "Wait until what was deleted is gone.")
  private boolean wait;

  @Mixin private final WaitLimit limit = new WaitLimit();

  DeleteCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    if ((kind != null && names.isEmpty()) || (kind == null) != manifests.isGiven()) {
      throw new CommandFailure(ExitCode.USAGE, "name KIND and NAME, or manifests by -f");
    }
    List<Document> documents = kind == null ? manifests.read(err) : List.of();
    if (dryRun && kind == null) {
      PlanRequest plan = PlanRequest.delete(server.client(), documents);
      plan.printObjects(out);
      plan.printTable(out);
      return plan.refused(err);
    }
    return delete(wanted(documents), out, err);
  }

  private List<Awaiting.Wanted> wanted(List<Document> documents) {
    ServedKinds kinds = new ServedKinds(server.client());
    List<Awaiting.Wanted> wanted = new ArrayList<>();
    if (kind != null) {
      ServedKind named = kinds.named(kind);
      names.forEach(name -> wanted.add(new Awaiting.Wanted(named, namespace.name(), name)));
    }
    for (Document document : documents) {
      ServedKind named =
          kinds.of(document.resource().kind().apiVersion(), document.resource().kind().kind());
      wanted.add(
          new Awaiting.Wanted(
              named,
              document.resource().metadata().namespace(),
              document.resource().metadata().name()));
    }
    return wanted;
  }

  private int delete(List<Awaiting.Wanted> wanted, PrintWriter out, PrintWriter err) {
    ServerClient client = server.client();
    Map<Awaiting.Wanted, String> deleted = new LinkedHashMap<>();
    int code = ExitCode.OK;
    for (Awaiting.Wanted each : wanted) {
      String path = each.kind().path(each.namespace(), each.name());
      String query = dryRun ? "?dryRun=All" : "";
      ServerClient.Answer answer = client.send("DELETE", path + query, "application/json");
      if (answer.succeeded()) {
        out.println(each + " deleted" + (dryRun ? " (dry run)" : ""));
        deleted.put(each, uid(answer.json()));
      } else {
        err.println("error: " + answer.message());
        code = code == ExitCode.OK ? ServerClient.Answer.exitCode(answer.status()) : code;
      }
    }
    out.flush();
    if (wait && !dryRun) {
      Awaiting awaiting = new Awaiting(client, limit.time());
      deleted.forEach(awaiting::gone);
    }
    return code;
  }

  /** Of a {@code Status}, or of a resource that its finalizers hold back. */
  private static String uid(JsonNode answer) {
    return answer.at("/details/uid").asText(answer.at("/metadata/uid").asText(""));
  }
}

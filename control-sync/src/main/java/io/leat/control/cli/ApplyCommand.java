package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.cli.ManifestOption.Document;
import io.leat.control.cli.ServedKinds.ServedKind;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat apply}: makes the resources of a running Leat what manifests say. */
@Command(
    name = "apply",
    description = {
      "Create and change resources of a running Leat as manifests say (server-side apply).",
      "Fields that manifests no longer name go, when they came from an earlier apply."
    },
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
  private static final String APPLY = "application/apply-patch+yaml";

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final ManifestOption manifests = new ManifestOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--dry-run",
      description = "Change nothing, and say what would change in resources and in the table.")
  private boolean dryRun;

  @Option(names = "--wait", description = "Wait until what was applied is ready.")
  private boolean wait;

  @Mixin private final WaitLimit limit = new WaitLimit();

  @Option(
      names = "--force-conflicts",
      description = "Take fields that another tool owns, instead of exit code 4.")
  private boolean force;

  ApplyCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    List<Document> documents = manifests.read(err);
    if (dryRun) {
      PlanRequest plan = PlanRequest.apply(server.client(), documents, force);
      plan.printObjects(out);
      plan.printTable(out);
      return plan.refused(err);
    }
    return apply(documents, out, err);
  }

  private int apply(List<Document> documents, PrintWriter out, PrintWriter err) {
    ServedKinds kinds = new ServedKinds(server.client());
    Map<Awaiting.Wanted, Long> applied = new LinkedHashMap<>();
    int code = ExitCode.OK;
    for (Document document : documents) {
      ServedKind kind =
          kinds.of(document.resource().kind().apiVersion(), document.resource().kind().kind());
      String namespace = document.resource().metadata().namespace();
      String name = document.resource().metadata().name();
      ServerClient.Answer answer = apply(kind.path(namespace, name), document, out, kind);
      if (answer.succeeded()) {
        long generation = answer.json().at("/metadata/generation").asLong();
        applied.put(new Awaiting.Wanted(kind, namespace, name), generation);
      } else {
        document.lines(answer.json()).forEach(err::println);
        code = code == ExitCode.OK ? ServerClient.Answer.exitCode(answer.status()) : code;
      }
    }
    out.flush();
    if (code != ExitCode.OK) {
      err.println("error: " + advice(code));
    } else if (wait) {
      Awaiting awaiting = new Awaiting(server.client(), limit.time());
      applied.forEach((wanted, generation) -> {
        if (wanted.kind().ready()) {
          awaiting.ready(wanted, generation);
        }
      });
    }
    return code;
  }

  private static String advice(int code) {
    return switch (code) {
      case ExitCode.CONFLICT ->
          "another tool owns these fields: leave them out, or take them with --force-conflicts";
      case ExitCode.VALIDATION -> "the server refused what is named above; the rest was applied";
      default -> "not everything was applied";
    };
  }

  private ServerClient.Answer apply(
      String path, Document document, PrintWriter out, ServedKind kind) {
    ServerClient client = server.client();
    ServerClient.Answer before = client.get(path);
    if (!before.succeeded() && before.status() != 404) {
      throw before.failure();
    }
    String query = "?fieldManager=leat" + (force ? "&force=true" : "");
    ServerClient.Answer after =
        client.send("PATCH", path + query, APPLY, document.tree().toString());
    if (after.succeeded()) {
      boolean same = before.succeeded() && wish(before.json()).equals(wish(after.json()));
      String done = after.status() == 201 ? "created" : same ? "unchanged" : "configured";
      out.println(kind.singular() + "/" + document.resource().metadata().name() + " " + done);
    }
    return after;
  }

  /** What users write of a resource. */
  private static ObjectNode wish(JsonNode document) {
    ObjectNode wish = JsonNodeFactory.instance.objectNode();
    if (document instanceof ObjectNode object) {
      wish = object.deepCopy();
      wish.remove("status");
      wish.withObjectProperty("metadata").retain("labels", "annotations", "finalizers");
    }
    return wish;
  }
}

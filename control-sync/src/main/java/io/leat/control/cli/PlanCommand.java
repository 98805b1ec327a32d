package io.leat.control.cli;

import io.leat.control.cli.ManifestOption.Document;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat plan}: what an apply would change, in resources and in the route table. */
@Command(
    name = "plan",
    description = {
      "Say what 'leat apply' would do, and change nothing: every resource that would differ,",
      "those that Leat makes itself included, and every host of the route table."
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  /** How a plan is printed. */
  enum Output {
    TEXT,
    JSON
  }

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final ManifestOption manifests = new ManifestOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--exit-code", description = "Exit with 8 when there is any change.")
  private boolean exitCode;

  @Option(names = "--force-conflicts", description = "Plan to take fields that others own.")
  private boolean force;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TEXT;

  PlanCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    List<Document> documents = manifests.read(err);
    PlanRequest plan = PlanRequest.apply(server.client(), documents, force);
    if (output == Output.JSON) {
      out.println(plan.json().toPrettyString());
      out.flush();
    } else {
      plan.printChanges(out);
      plan.printTable(out);
    }
    int refused = plan.refused(err);
    if (refused != ExitCode.OK) {
      return refused;
    }
    if (!plan.hasChanges()) {
      err.println("no changes");
    }
    return exitCode && plan.hasChanges() ? ExitCode.CHANGES : ExitCode.OK;
  }
}

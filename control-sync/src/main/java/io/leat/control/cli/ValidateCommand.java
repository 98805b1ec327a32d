package io.leat.control.cli;

import io.leat.control.eventing.topology.Finding;
import io.leat.control.eventing.topology.Finding.Severity;
import io.leat.control.eventing.topology.Topologies;
import io.leat.control.eventing.topology.TopologyCheck;
import io.leat.control.manifest.FolderReader;
import io.leat.control.manifest.ManifestCheck;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestResource;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.ResourceKey;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat validate}: checks manifests without a server. */
@Command(
    name = "validate",
    description = {
      "Check manifests offline; every problem with file:line:col.",
      "How Channels and Subscriptions hang together is judged over these files alone: what is",
      "wrong goes to stderr, and errors of it end with 5 as well, unless a resource is missing",
      "that may come from elsewhere."
    },
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      required = true,
      description = "File, folder, or - for standard input; may be repeated.")
  private List<String> paths = new ArrayList<>();

  ValidateCommand() {}

  @Override
  public Integer call() {
    ManifestReader reader = ManifestReader.forUsers(Validation.standalone());
    ManifestSet set = new FolderReader(reader, paths, System.in).read();
    ManifestCheck check = ManifestCheck.of(set);
    check.lines().forEach(terminal.out()::println);
    PrintWriter err = terminal.err();
    err.println(check.summary());
    // Of a set with broken parts nobody knows how it hangs together.
    List<Finding> findings =
        set.isValid() ? TopologyCheck.findings(Topologies.of(set.resources())) : List.of();
    findings.forEach(each -> err.println(place(set, each) + each.line()));
    if (findings.stream().anyMatch(ValidateCommand::fails)) {
      return ExitCode.VALIDATION;
    }
    return check.exitCode();
  }

  /** What is missing here may be on the server already, or come with other files. */
  private static boolean fails(Finding finding) {
    return finding.severity() == Severity.ERROR && !finding.code().endsWith("-missing");
  }

  /** Where the resource of a finding is written, and a space; a Subscription before a Channel. */
  private static String place(ManifestSet set, Finding finding) {
    boolean ofChannel = finding.code().equals("dead-end") || finding.code().equals("cycle");
    String place = "";
    for (ManifestResource each : set.manifests()) {
      ResourceKey key = each.resource().key();
      boolean named = finding.where().equals(key.namespace() + "/" + key.name());
      if (named
          && Topologies.has(key.kind())
          && (place.isEmpty() || key.kind().isChannel() == ofChannel)) {
        place = each.file() + ":" + each.positions().of("metadata.name") + " ";
      }
    }
    return place;
  }
}

package io.leat.control.cli;

import io.leat.control.manifest.FolderReader;
import io.leat.control.manifest.ManifestCheck;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.rules.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code leat validate}: checks manifests without a server. */
@Command(
    name = "validate",
    description = "Check manifests offline; every problem with file:line:col.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

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
    ManifestCheck check = ManifestCheck.of(new FolderReader(reader, paths, System.in).read());
    if (spec != null) {
      check.lines().forEach(spec.commandLine().getOut()::println);
      spec.commandLine().getErr().println(check.summary());
    }
    return check.exitCode();
  }
}

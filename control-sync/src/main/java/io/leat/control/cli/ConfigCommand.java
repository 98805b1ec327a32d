package io.leat.control.cli;

import io.leat.proxy.config.ConfigKey;
import io.leat.proxy.config.NearestName;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat config}: about settings. */
@Command(
    name = "config",
    description = "Explain settings.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ConfigCommand.Explain.class)
final class ConfigCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  ConfigCommand() {}

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "Missing command: explain");
    }
  }

  /** {@code leat config explain KEY}: what a setting means and how to set it. */
  @Command(
      name = "explain",
      description = "Say what a setting means, its default, and how to set it.",
      mixinStandardHelpOptions = true)
  static final class Explain implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
        index = "0",
        paramLabel = "KEY",
        description = "Such as proxy.http-port; a section such as proxy explains all of it.")
    private String key = "";

    Explain() {}

    @Override
    public void run() {
      if (spec == null) {
        throw new IllegalStateException("not started by the command line");
      }
      PrintWriter out = spec.commandLine().getOut();
      ConfigKey found = ConfigKey.find(key);
      if (found != null) {
        explain(out, found);
      } else if (ConfigKey.sections().contains(key)) {
        for (ConfigKey each : ConfigKey.values()) {
          if (each.section().equals(key)) {
            explain(out, each);
          }
        }
      } else {
        String nearest = NearestName.of(key, ConfigKey.names());
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "no setting \""
                + key
                + "\""
                + (nearest == null
                    ? " (sections: " + String.join(", ", ConfigKey.sections()) + ")"
                    : ", did you mean " + nearest + "?"));
      }
      out.flush();
    }

    private static void explain(PrintWriter out, ConfigKey key) {
      out.println(key.key());
      out.println("  " + key.sentence());
      out.println("  type         " + key.type().label());
      out.println("  default      " + key.defaultText());
      out.println("  environment  " + key.variable());
      out.println("  file         " + key.section() + ": {" + key.leaf() + ": …}");
    }
  }
}

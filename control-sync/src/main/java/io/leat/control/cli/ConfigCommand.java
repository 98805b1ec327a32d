package io.leat.control.cli;

import io.leat.proxy.config.ConfigKey;
import io.leat.proxy.config.NearestName;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leat config}: about settings. */
@Command(
    name = "config",
    description = "Explain settings.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ConfigCommand.Explain.class)
final class ConfigCommand implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  ConfigCommand() {}

  @Override
  public void run() {
    throw terminal.misuse("Missing command: explain");
  }

  /** {@code leat config explain KEY}: what a setting means and how to set it. */
  @Command(
      name = "explain",
      description = "Say what a setting means, its default, and how to set it.",
      mixinStandardHelpOptions = true)
  static final class Explain implements Runnable {
    @Mixin private final Terminal terminal = new Terminal();

    @Parameters(
        index = "0",
        paramLabel = "KEY",
        description = "Such as proxy.http-port; a section such as proxy explains all of it.")
    private String key = "";

    Explain() {}

    @Override
    public void run() {
      PrintWriter out = terminal.out();
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

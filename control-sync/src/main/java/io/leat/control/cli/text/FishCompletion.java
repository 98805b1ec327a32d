package io.leat.control.cli.text;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Writes a completion script of the fish shell for a command with subcommands. */
public final class FishCompletion {
  private FishCompletion() {}

  /** A {@code complete} line for each subcommand and option that is not hidden. */
  public static String script(CommandLine root) {
    String program = root.getCommandName();
    StringBuilder script = new StringBuilder("complete -c " + program + " -f\n");
    for (Map.Entry<String, CommandLine> each : root.getSubcommands().entrySet()) {
      CommandLine.Model.CommandSpec spec = each.getValue().getCommandSpec();
      if (!spec.usageMessage().hidden()) {
        script
            .append("complete -c ")
            .append(program)
            .append(" -n __fish_use_subcommand -a ")
            .append(each.getKey())
            .append(description(spec.usageMessage().description()));
        for (OptionSpec option : spec.options()) {
          option(program, each.getKey(), option, script);
        }
      }
    }
    return script.toString();
  }

  private static void option(
      String program, String command, OptionSpec option, StringBuilder script) {
    if (option.hidden()) {
      return;
    }
    script
        .append("complete -c ")
        .append(program)
        .append(" -n '__fish_seen_subcommand_from ")
        .append(command)
        .append('\'');
    for (String name : option.names()) {
      script.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1));
    }
    boolean file = option.paramLabel().equals("PATH") || option.paramLabel().equals("FILE");
    script.append(file ? " -rF" : option.arity().max() > 0 ? " -x" : "");
    script.append(description(option.description()));
  }

  private static String description(String[] lines) {
    String text = lines.length == 0 ? "" : lines[0];
    return " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'\n";
  }
}

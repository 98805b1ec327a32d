package io.leat.control.cli;

import io.leat.control.cli.text.FishCompletion;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat completion}: a script that lets a shell complete commands and options. */
@Command(
    name = "completion",
    description = {
      "Print a completion script.",
      "bash and zsh: source <(leat completion bash); fish: leat completion fish | source"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
  /** Whose script. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Shell shell = Shell.BASH;

  CompletionCommand() {}

  @Override
  public void run() {
    if (spec == null) {
      throw new IllegalStateException("not started by the command line");
    }
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    // The script for bash asks zsh to emulate what it needs.
    out.print(shell == Shell.FISH ? FishCompletion.script(root) : AutoComplete.bash("leat", root));
    out.flush();
  }
}

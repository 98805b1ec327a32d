package io.leat.control.cli;

import io.leat.control.cli.text.FishCompletion;
import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Shell shell = Shell.BASH;

  CompletionCommand() {}

  @Override
  public void run() {
    CommandLine root = terminal.command().root().commandLine();
    PrintWriter out = terminal.out();
    // The script for bash asks zsh to emulate what it needs.
    out.print(shell == Shell.FISH ? FishCompletion.script(root) : AutoComplete.bash("leat", root));
    out.flush();
  }
}

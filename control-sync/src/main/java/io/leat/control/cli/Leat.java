package io.leat.control.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The {@code leat} command: parses the arguments and runs one subcommand.
 *
 * <p>Data goes to stdout and everything else to stderr.
 */
@Command(
    name = "leat",
    description = "The traffic layer of a serverless platform in one program.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Leat implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  Leat() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int code = execute(out, new PrintStream(System.err, true, StandardCharsets.UTF_8), arguments);
    out.flush();
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  public static int execute(OutputStream out, OutputStream err, String... arguments) {
    CommandLine commandLine = new CommandLine(new Leat());
    subcommandsFor(arguments)
        .forEach(name -> commandLine.addSubcommand(name, Subcommands.named(name)));
    commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler((exception, command, result) -> {
      if (exception instanceof CommandFailure failure) {
        command.getErr().println("error: " + failure.getMessage());
        return failure.exitCode();
      }
      exception.printStackTrace(command.getErr());
      return ExitCode.FAILURE;
    });
    return commandLine.execute(arguments);
  }

  /** Reading the annotations of every command takes longer than most of them run. */
  private static List<String> subcommandsFor(String... arguments) {
    boolean oneIsEnough =
        arguments.length > 0
            && Subcommands.NAMES.contains(arguments[0])
            && !Subcommands.NEED_ALL.contains(arguments[0]);
    return oneIsEnough ? List.of(arguments[0]) : Subcommands.NAMES;
  }

  @Override
  public void run() {
    throw terminal.misuse("Missing command");
  }
}

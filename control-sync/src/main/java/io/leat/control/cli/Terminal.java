package io.leat.control.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command prints, and how it refuses what was typed. */
// Without this annotation picocli does not take it for a part of a command.
@Command
final class Terminal {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  Terminal() {}

  /** The command itself, as it was started. */
  CommandSpec command() {
    CommandSpec started = command;
    if (started == null) {
      throw new IllegalStateException("not started by the command line");
    }
    return started;
  }

  PrintWriter out() {
    return command().commandLine().getOut();
  }

  PrintWriter err() {
    return command().commandLine().getErr();
  }

  /** What to throw when options do not fit together; the usage follows the message. */
  ParameterException misuse(String message) {
    return new ParameterException(command().commandLine(), message);
  }
}

package io.leat.control.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code leat version}: prints the version of this program and of its Java. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  VersionCommand() {}

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine()
          .getOut()
          .println("leat " + Version.text() + " (Java " + Runtime.version() + ")");
    }
  }
}

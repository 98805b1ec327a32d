package io.leat.control.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code leat version}: prints the version of this program and of its Java. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  VersionCommand() {}

  @Override
  public void run() {
    terminal.out().println("leat " + Version.text() + " (Java " + Runtime.version() + ")");
  }
}

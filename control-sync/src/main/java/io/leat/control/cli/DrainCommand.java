package io.leat.control.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code leat drain}: asks a running Leat to finish its work and stop. */
@Command(
    name = "drain",
    description = "Let a running Leat finish its work and stop.",
    mixinStandardHelpOptions = true)
final class DrainCommand implements Runnable {
  @Mixin private final ServerOption server = new ServerOption();

  DrainCommand() {}

  @Override
  public void run() {
    ServerClient.Answer answer = server.send("POST", "/drain", "*/*");
    if (answer.status() >= 300) {
      throw new CommandFailure(ExitCode.FAILURE, answer.body().strip());
    }
  }
}

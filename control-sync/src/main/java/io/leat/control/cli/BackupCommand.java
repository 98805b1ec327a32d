package io.leat.control.cli;

import io.leat.control.store.sqlite.Backup;
import io.leat.control.store.sqlite.StoreOpenException;
import io.leat.control.store.sqlite.StoreOpenException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code leat backup}: copies the store, from the Leat that has it in use, or from its folder while
 * none does.
 */
@Command(
    name = "backup",
    description = {
      "Copy the store to a file, whether or not a Leat runs.",
      "A running Leat is asked for the copy, and goes on serving and accepting changes."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand implements Runnable {
  @Mixin private final ServerOption server = new ServerOption();

  @Parameters(paramLabel = "FILE", description = "The copy; must not exist.")
  private Path file = Path.of("");

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Folder of the store (default: .leat).")
  private Path stateDir = Path.of(".leat");

  BackupCommand() {}

  @Override
  public void run() {
    if (Files.exists(file)) {
      throw new CommandFailure(ExitCode.FAILURE, file + " exists already");
    }
    if (server.isNamed()) {
      server.client().download("/backup", file);
      return;
    }
    try {
      Backup.of(stateDir.resolve("leat.db"), file, InstantSource.system());
    } catch (StoreOpenException e) {
      if (!(e.reason() instanceof Reason.Locked)) {
        throw new CommandFailure(ExitCode.ENVIRONMENT, e.path() + " " + e.reason().text());
      }
      server.within(stateDir).client().download("/backup", file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "there is no store: " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT, "cannot write " + file + ": " + e.getMessage());
    }
  }
}

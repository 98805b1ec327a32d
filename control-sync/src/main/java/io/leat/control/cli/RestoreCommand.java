package io.leat.control.cli;

import io.leat.control.store.sqlite.Backup;
import io.leat.control.store.sqlite.StoreOpenException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat restore}: puts a backup in the place of the store while no Leat runs. */
@Command(
    name = "restore",
    description = "Put a backup in the place of the store; no Leat may run there.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Runnable {
  @Parameters(paramLabel = "FILE", description = "What leat backup wrote.")
  private Path file = Path.of("");

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the store.")
  private Path stateDir = Path.of("");

  @Option(
      names = "--force",
      description = "Replace a store that is there; it stays beside as leat.db.replaced.")
  private boolean force;

  RestoreCommand() {}

  @Override
  public void run() {
    Path store = stateDir.resolve("leat.db");
    try {
      Backup.restore(file, store, force, InstantSource.system());
    } catch (StoreOpenException e) {
      throw new CommandFailure(ExitCode.ENVIRONMENT, e.path() + " " + e.reason().text());
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCode.FAILURE, store + " exists: give --force to replace it (it stays beside)");
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "there is no " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.ENVIRONMENT, "cannot restore: " + e.getMessage());
    }
  }
}

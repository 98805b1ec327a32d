package io.leat.control.api;

import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Answers {@code POST /backup} with a copy of the store as it is at that moment, a SQLite file.
 *
 * <p>Used by any thread; the copy stands in a folder of ours only until it was sent.
 */
public final class BackupApi {
  private final Source source;
  private final Path folder;

  /** Writes a copy of a store to a file that is empty. */
  @FunctionalInterface
  public interface Source {
    /** Writes it, or throws and leaves the store as it is. */
    void backup(Path to) throws IOException;
  }

  /** The API over a store, with a folder for copies on their way. */
  public BackupApi(Source source, Path folder) {
    this.source = source;
    this.folder = folder;
  }

  /** Adds the route. */
  public void addTo(AdminRoutes routes) {
    routes.at("POST", "/backup", _ -> backup());
  }

  private AdminResponse backup() {
    return AdminResponse.streamed(
        "application/vnd.sqlite3",
        out -> {
          Path copy = Files.createTempFile(folder, "backup", ".db");
          try {
            source.backup(copy);
            Files.copy(copy, out);
          } finally {
            Files.deleteIfExists(copy);
          }
        });
  }
}

package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document of the repository that is rendered from code.
 *
 * <p>{@code -Dleat.regenerate=true} writes it instead of comparing.
 */
public final class RenderedDocument {
  private RenderedDocument() {}

  /** Fails when the file at {@code path}, relative to the repository's root, is stale. */
  public static void assertCurrent(String path, String rendered) throws IOException {
    Path file = root().resolve(path);
    if (Boolean.getBoolean("leat.regenerate")) {
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, rendered);
    }
    assertThat(file).as("run this test with -Dleat.regenerate=true to write it").exists();
    assertThat(Files.readString(file))
        .as("%s is stale: run this test with -Dleat.regenerate=true", path)
        .isEqualTo(rendered);
  }

  /** The root of the repository, from whichever module the tests run in. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("control-sync"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no folder above the working directory holds control-sync");
    }
    return folder;
  }
}

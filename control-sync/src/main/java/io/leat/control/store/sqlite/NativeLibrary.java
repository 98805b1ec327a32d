package io.leat.control.store.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Keeps SQLite's native library in a folder, because the driver would otherwise unpack it from its
 * archive again for every start.
 */
public final class NativeLibrary {
  private static final String PATH = "org.sqlite.lib.path";
  private static final String NAME = "org.sqlite.lib.name";

  private NativeLibrary() {}

  /**
   * Has this process load the library from a folder, which gets it when it lacks it. Has no effect
   * once a store was opened, or when somebody named a library before.
   *
   * @throws IOException when the folder cannot be written; the driver then does as it always does
   */
  public static void keepIn(Path folder) throws IOException {
    if (System.getProperty(PATH) != null) {
      return;
    }
    String name = LibraryLoaderUtil.getNativeLibName();
    Path home = folder.resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
    Path library = home.resolve(name);
    if (Files.notExists(library)) {
      unpack(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name, home, library);
    }
    System.setProperty(PATH, home.toAbsolutePath().toString());
    System.setProperty(NAME, name);
  }

  private static void unpack(String resource, Path home, Path library) throws IOException {
    Files.createDirectories(home);
    try (InputStream bytes = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (bytes == null) {
        throw new IOException("the driver has no " + resource);
      }
      Path fresh = Files.createTempFile(home, "library", ".new");
      Files.copy(bytes, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}

package io.leat.control.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a file system says about a set of files, so that a change shows without reading them.
 *
 * @param stamps attributes by file; {@link #GONE} for a file that vanished meanwhile
 */
record FileStamps(Map<Path, Map<String, Object>> stamps) {
  private static final Map<String, Object> GONE = Map.of();

  static FileStamps of(FolderReader.Listing listing) {
    Map<Path, Map<String, Object>> stamps = new TreeMap<>();
    for (Path file : listing.files()) {
      stamps.put(file, stamp(file));
    }
    return new FileStamps(stamps);
  }

  /** Identity of a folder, so that one put in another's place shows. */
  static Object identity(Path folder) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(folder, "fileKey");
    return Objects.requireNonNullElse(attributes.get("fileKey"), folder);
  }

  private static Map<String, Object> stamp(Path file) {
    boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    // ctime also moves when a tool restores the modification time of the file that it replaces.
    String wanted = unix ? "unix:ino,size,lastModifiedTime,ctime" : "size,lastModifiedTime";
    try {
      return Map.copyOf(Files.readAttributes(file, wanted));
    } catch (IOException e) {
      return GONE;
    }
  }
}

package io.leat.control.module.firehose;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** How far a firehose came, in a file that outlives the process; used by one thread at a time. */
record Position(Path file) {

  /** Where to go on; empty for the beginning. */
  String read() throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  /** Replaces it in one piece. */
  void write(String position) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, position, StandardCharsets.UTF_8);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}

package io.leat.control.eventing.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What a Source remembers from one life to the next; used by one thread at a time. A write survives
 * the end of the process, and the last ones may not survive a loss of power.
 */
record StateFile(Path file) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String DAMAGED = " is damaged: delete it to have the source begin anew";

  /** What was written last; a missing node when nothing was. */
  JsonNode read() throws IOException {
    if (!Files.exists(file)) {
      return MAPPER.missingNode();
    }
    try {
      JsonNode state = MAPPER.readTree(Files.readAllBytes(file));
      if (state.isObject()) {
        return state;
      }
    } catch (JsonProcessingException e) {
      throw new IOException(file + DAMAGED, e);
    }
    throw new IOException(file + DAMAGED);
  }

  /** Replaces it in one piece; an interrupt does not come in between. */
  void write(JsonNode state) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (OutputStream out = new FileOutputStream(fresh.toFile())) {
      out.write(MAPPER.writeValueAsBytes(state));
    }
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}

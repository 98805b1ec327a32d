package io.leat.control.eventing.source.tail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A place in a file, by which the same file is known again.
 *
 * @param fileKey what the file system calls the file, which it may call another file later
 * @param epoch differs each time a file is read from its beginning
 * @param offset bytes that are done
 * @param before check sum of the last bytes before the offset
 */
public record TailPosition(String fileKey, long epoch, long offset, long before) {

  /** A position from what {@link #json} wrote. */
  public static TailPosition of(JsonNode state) {
    return new TailPosition(
        state.path("fileKey").asText(),
        state.path("epoch").asLong(),
        state.path("offset").asLong(),
        state.path("before").asLong());
  }

  /** The position as it is kept. */
  public ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("fileKey", fileKey)
        .put("epoch", epoch)
        .put("offset", offset)
        .put("before", before);
  }
}

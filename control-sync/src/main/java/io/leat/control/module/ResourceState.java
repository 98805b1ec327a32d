package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a resource of a module is.
 *
 * @param output what the last action came to, an object
 * @param moduleData what the module needs to go on, null when nothing is left to do
 * @param nextSyncAt when it is looked at again; null when that is not planned
 * @param syncRetries failed attempts at the step that it is at
 * @param syncLastError why the last of them failed; empty when none did
 * @param waitingFor what keeps the sync from beginning; empty when nothing does
 */
public record ResourceState(
    Phase phase,
    JsonNode output,
    @Nullable JsonNode moduleData,
    @Nullable Instant nextSyncAt,
    int syncRetries,
    String syncLastError,
    String waitingFor) {

  /** The states of a life cycle. */
  public enum Phase {
    /** A worker has to sync it. */
    PENDING,
    /** It is as it should be. */
    COMPLETED,
    /** It is not, and no worker goes on by itself. */
    ERROR,
    /** It is gone, and its name is free; only a sync says so. */
    DELETED;

    /** As documents have it. */
    public String text() {
      return "STATUS_" + name();
    }

    /** Whether users may act on it. */
    public boolean isTerminal() {
      return this == COMPLETED || this == ERROR;
    }
  }

  /** Work is left, described by {@code moduleData}; the output stays as it was. */
  public static ResourceState pending(JsonNode output, JsonNode moduleData) {
    return new ResourceState(Phase.PENDING, output, moduleData, null, 0, "", "");
  }

  /** Nothing is left to do. */
  public static ResourceState completed(JsonNode output) {
    return new ResourceState(Phase.COMPLETED, output, null, null, 0, "", "");
  }

  /** Nothing is left at all. */
  public static ResourceState deleted() {
    JsonNode nothing = JsonNodeFactory.instance.objectNode();
    return new ResourceState(Phase.DELETED, nothing, null, null, 0, "", "");
  }

  /** The same, looked at again at a time. */
  public ResourceState at(@Nullable Instant next) {
    return new ResourceState(
        phase, output, moduleData, next, syncRetries, syncLastError, waitingFor);
  }

  ResourceState failed(Phase now, int retries, String error, @Nullable Instant next) {
    return new ResourceState(now, output, moduleData, next, retries, error, "");
  }

  ResourceState waiting(String reason, @Nullable Instant next) {
    return new ResourceState(phase, output, moduleData, next, syncRetries, syncLastError, reason);
  }

  ResourceState withOutput(JsonNode other) {
    return new ResourceState(
        phase, other, moduleData, nextSyncAt, syncRetries, syncLastError, waitingFor);
  }
}

package io.leat.control.store.jobs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Work to be done once.
 *
 * @param kind which workers can do it
 * @param key what it is about: jobs of one key run one after the other, in the order of enqueueing
 * @param step where to begin, in the words of the workers
 * @param payload for the workers, at most {@value #MAX_PAYLOAD} bytes
 * @param notBefore null for at once
 */
public record JobRequest(
    String kind, String key, String step, String payload, @Nullable Instant notBefore) {
  /** Bytes of UTF-8 that a payload may have. */
  public static final int MAX_PAYLOAD = 256 * 1024;

  /** Checks the bound. */
  public JobRequest {
    if (payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "the payload of a job has more than " + MAX_PAYLOAD + " bytes");
    }
  }

  /** Work to begin at once. */
  public static JobRequest of(String kind, String key, String payload) {
    return new JobRequest(kind, key, "", payload, null);
  }
}

package io.leat.proxy.fanout;

import io.leat.proxy.http.Rejection;
import org.jspecify.annotations.Nullable;

/** Is told once what became of events, on any thread: it must not block. */
@FunctionalInterface
public interface IngestListener {
  /**
   * The Channel keeps the events, or not one of them.
   *
   * @param refusal null when they are as durable as the Channel asks for
   */
  void ingested(@Nullable Rejection refusal);

  /** As {@link #ingested}, when {@link #groupEnded} follows after others were told as well. */
  default void ingestedInGroup(@Nullable Rejection refusal) {
    ingested(refusal);
  }

  /** Everybody was told whose events became durable with these. */
  default void groupEnded() {}

  /**
   * The Channel keeps none of the events, because data breaks the schema of its type.
   *
   * @param problem one line of printable ASCII
   */
  default void broken(String problem) {
    ingested(Rejection.EVENT_SCHEMA);
  }
}

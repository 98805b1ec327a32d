package io.leat.control.eventing.source.emit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A CloudEvent of version 1.0 on its way out of a Source. Values; nobody changes their bytes. */
public sealed interface SourceEvent {

  /**
   * An event whose attributes the Source made.
   *
   * @param source a URI reference
   * @param contentType of the data; null exactly when there is none
   */
  record Made(
      String id,
      String source,
      String type,
      Instant time,
      @Nullable String contentType,
      byte @Nullable [] data)
      implements SourceEvent {}

  /**
   * An event that came to the Source as one.
   *
   * @param json in the JSON format of CloudEvents, passed on as it is
   */
  record Passed(byte[] json) implements SourceEvent {}
}

package io.leat.control.eventing.source.emit;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The port by which events of Sources leave; any thread may call, and waits for the answer. */
@FunctionalInterface
public interface EventSink {

  /**
   * Sends one event once.
   *
   * @param sink the absolute http URI of the Channel
   * @throws IOException when no answer came
   */
  Answer send(URI sink, SourceEvent event) throws IOException, InterruptedException;

  /**
   * What became of an event.
   *
   * @param status of HTTP
   * @param retryAfter how long not to ask again, null when nothing was said
   */
  record Answer(int status, @Nullable Duration retryAfter) {
    /** Whether the Channel has taken the event over. */
    public boolean taken() {
      return status / 100 == 2;
    }

    /** Whether this event will never be taken, however often it is sent. */
    public boolean refused() {
      return status == 400 || status == 413 || status == 415 || status == 422;
    }
  }
}

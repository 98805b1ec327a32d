package io.leat.proxy.fanout.delivery;

import io.leat.proxy.http.Rejection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Carries one event to one place and tells how that ended. Used by its event loop only. */
public interface Courier {

  /** Sends a parcel; {@code ended} is called once, on the event loop, maybe before this returns. */
  void send(Parcel parcel, Consumer<Attempt> ended);

  /** Gives up whatever runs, and tells nobody; what is sent later is refused. */
  void stop();

  /**
   * What is sent.
   *
   * @param uri absolute http URI
   * @param fields names and values of header fields, alternating, without those of the framing
   * @param body the whole body, maybe empty
   * @param timeoutNanos of the try, from when an endpoint takes it
   * @param replyBytes of a good answer's body that are read; 0 when nobody reads it
   */
  // A parcel is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Parcel(String uri, List<String> fields, byte[] body, long timeoutNanos, int replyBytes) {}

  /** How a try ended. */
  sealed interface Attempt {

    /**
     * Somebody answered.
     *
     * @param headers values by lower-case name, as far as they mean something for events
     * @param body of a good answer all of it, of another one its first 1,024 bytes
     */
    // An answer is never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Answered(int status, Map<String, List<String>> headers, byte[] body)
        implements Attempt {}

    /** Somebody answered well, with more than is read. */
    record TooLarge(int status) implements Attempt {}

    /** Nobody answered: no connection, none in time, or broken off. */
    record Failed(Rejection reason) implements Attempt {}

    /** It was never sent, because no capacity was granted for it: that is no try. */
    record NotTried(Rejection reason) implements Attempt {}
  }
}

package io.leat.control.eventing.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a Source did since it was started. A value; written by the Source's thread, read by any.
 *
 * @param lastError why it does not get on now, or "" when it does
 * @param emitted events that the Channel took
 * @param lastEmitted null before the first one
 * @param failures attempts in vain, to get events and to hand them over
 * @param refused events that the Channel will never take, and that are lost
 * @param odd lines that were cut, or that are no JSON where JSON is meant
 */
public record SourceStatus(
    State state,
    String lastError,
    long emitted,
    @Nullable Instant lastEmitted,
    long failures,
    long refused,
    long odd) {

  /** What a Source is at. */
  public enum State {
    /** It waits for its predecessor of the same name to end. */
    STARTING,
    /** It emits whatever there is to emit. */
    RUNNING,
    /** It failed, and tries again. */
    RETRYING,
    /** It has emitted all that it was to emit. */
    FINISHED,
    /** Its provisioner or arguments do not allow it to run; see the last error. */
    INVALID,
    /** It was stopped. */
    STOPPED
  }

  static SourceStatus starting() {
    return new SourceStatus(State.STARTING, "", 0, null, 0, 0, 0);
  }

  static SourceStatus invalid(String error) {
    return new SourceStatus(State.INVALID, error, 0, null, 0, 0, 0);
  }

  SourceStatus in(State next) {
    return new SourceStatus(next, lastError, emitted, lastEmitted, failures, refused, odd);
  }

  SourceStatus well() {
    return new SourceStatus(State.RUNNING, "", emitted, lastEmitted, failures, refused, odd);
  }

  SourceStatus took(Instant now) {
    return new SourceStatus(State.RUNNING, "", emitted + 1, now, failures, refused, odd);
  }

  SourceStatus failed(String error) {
    return new SourceStatus(
        State.RETRYING, error, emitted, lastEmitted, failures + 1, refused, odd);
  }

  SourceStatus lost(String error) {
    return new SourceStatus(State.RUNNING, error, emitted, lastEmitted, failures, refused + 1, odd);
  }

  SourceStatus odder() {
    return new SourceStatus(state, lastError, emitted, lastEmitted, failures, refused, odd + 1);
  }
}

package io.leat.proxy.log.segment;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.LogRecord;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records that wait to be written as one, and who is told. */
record Append(List<LogRecord> records, AppendListener listener, long bytes) {
  static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);

  static Append of(List<LogRecord> records, AppendListener listener) {
    long bytes = 0;
    for (LogRecord each : records) {
      if (each.payload().length > Frame.MAX_PAYLOAD) {
        throw new IllegalArgumentException(
            "payload: " + each.payload().length + " bytes (expected: <= 2^26)");
      }
      if (each.cursor().length() > Frame.MAX_CURSOR_CHARS) {
        throw new IllegalArgumentException(
            "cursor: " + each.cursor().length() + " characters (expected: <= 256)");
      }
      bytes += Frame.about(each);
    }
    if (bytes > LogWriter.MOST_AS_ONE) {
      throw new IllegalArgumentException("records: " + bytes + " bytes (expected: <= 2^30)");
    }
    return new Append(List.copyOf(records), listener, bytes);
  }

  /**
   * Whether a record is for every cursor. What is for one cursor follows from what that cursor is
   * about to finish: refused for the limits, nothing would ever move again.
   */
  boolean forAll() {
    for (LogRecord each : records) {
      if (each.cursor().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Tells the listener as one of a group, of which {@link #groupEnded} tells the end. */
  void answerInGroup(AppendOutcome outcome, long firstOffset) {
    try {
      listener.appendedInGroup(outcome, firstOffset);
    } catch (RuntimeException e) {
      LOG.error("a listener of an append threw", e);
    }
  }

  void groupEnded() {
    try {
      listener.groupEnded();
    } catch (RuntimeException e) {
      LOG.error("a listener of an append threw", e);
    }
  }

  /** Tells the listener as a group of its own; one that throws does not stop the log. */
  void answer(AppendOutcome outcome, long firstOffset) {
    answerInGroup(outcome, firstOffset);
    groupEnded();
  }
}

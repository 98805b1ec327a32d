package io.leat.proxy.log.segment;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.DedupWindow;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.RecordIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that wait to be written as one, and who is told.
 *
 * @param identities of the records, in their order; empty in a log that takes duplicates
 * @param bytes of the records
 * @param waiting bytes that it took of those that may wait for the writer
 * @param duplicates records that were left out, because the log has the same
 */
record Append(
    List<LogRecord> records,
    List<@Nullable RecordIdentity> identities,
    AppendListener listener,
    long bytes,
    long waiting,
    int duplicates) {
  static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);

  /**
   * Records to write.
   *
   * @param window null in a log that takes duplicates
   */
  static Append of(List<LogRecord> records, AppendListener listener, @Nullable DedupWindow window) {
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
    List<@Nullable RecordIdentity> identities = List.of();
    if (window != null) {
      identities = new ArrayList<>(records.size());
      for (LogRecord each : records) {
        identities.add(window.identity(each));
      }
    }
    return new Append(List.copyOf(records), identities, listener, bytes, bytes, 0);
  }

  /** What is left of it when nothing is written that the log has, or is about to have. */
  Append without(DedupWindow window, long millis) {
    List<LogRecord> left = new ArrayList<>(records.size());
    List<@Nullable RecordIdentity> kept = new ArrayList<>(records.size());
    Set<RecordIdentity> own = new HashSet<>();
    long size = 0;
    for (int i = 0; i < records.size(); i++) {
      @Nullable RecordIdentity identity = identities.get(i);
      boolean known =
          identity != null
              && (window.has(identity, millis) || window.isStaged(identity) || !own.add(identity));
      if (!known) {
        left.add(records.get(i));
        kept.add(identity);
        size += Frame.about(records.get(i));
      }
    }
    int dropped = records.size() - left.size();
    return dropped == 0 ? this : new Append(left, kept, listener, size, waiting, dropped);
  }

  /** Whether the log has all of its records, durably. */
  boolean isThere(DedupWindow window, long millis) {
    for (@Nullable RecordIdentity each : identities) {
      if (each == null || !window.has(each, millis)) {
        return false;
      }
    }
    return true;
  }

  /** Its identities are about to be durable. */
  void stage(DedupWindow window) {
    for (@Nullable RecordIdentity each : identities) {
      if (each != null) {
        window.stage(each);
      }
    }
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
      if (duplicates > 0 && outcome == AppendOutcome.DURABLE) {
        listener.duplicates(duplicates);
      }
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

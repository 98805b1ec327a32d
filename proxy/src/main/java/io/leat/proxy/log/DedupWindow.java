package io.leat.proxy.log;

import io.leat.proxy.table.ChannelStorage.Dedup;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identities of the records that a log took lately, so that it takes none of them twice. For
 * the one thread that writes the log, or under its monitor; {@link #identity} is for any thread.
 *
 * <p>An identity that is staged belongs to a record that is not durable yet: what is the same has
 * to share its fate. An identity counts from the time of its first record on, however often it
 * comes again. Beyond {@link Dedup#events} the oldest are forgotten.
 */
public final class DedupWindow {
  private final Dedup limits;
  private final RecordIdentity.Rule rule;
  // When each was taken; the oldest comes first.
  private final Map<RecordIdentity, Long> taken = new LinkedHashMap<>();
  private final Set<RecordIdentity> staged = new HashSet<>();

  /** An empty one. */
  public DedupWindow(Dedup limits, RecordIdentity.Rule rule) {
    this.limits = limits;
    this.rule = rule;
  }

  /** The identity of a record, null when it is the same as none. Any thread. */
  public @Nullable RecordIdentity identity(LogRecord record) {
    return record.cursor().isEmpty() ? rule.of(record.kind(), record.payload()) : null;
  }

  /** Whether such a record is durable, and was taken within the window before {@code millis}. */
  public boolean has(RecordIdentity identity, long millis) {
    Long at = taken.get(identity);
    return at != null && isWithin(at, millis);
  }

  private boolean isWithin(long at, long millis) {
    return millis - at < limits.window().toMillis();
  }

  /** Whether such a record is about to become durable. */
  public boolean isStaged(RecordIdentity identity) {
    return staged.contains(identity);
  }

  /** A record is about to become durable; {@link #settle} follows. */
  public void stage(RecordIdentity identity) {
    staged.add(identity);
  }

  /** Whether what was staged is durable now, and since when; otherwise it never was. */
  public void settle(boolean durable, long millis) {
    if (durable) {
      staged.forEach(each -> add(each, millis));
    }
    staged.clear();
  }

  /** A record that is durable already, as it was read back. */
  public void restore(LogEntry entry) {
    RecordIdentity identity = rule.of(entry.kind(), entry.payload());
    if (identity != null) {
      add(identity, entry.timestamp());
    }
  }

  private void add(RecordIdentity identity, long millis) {
    // What comes again is the youngest, wherever it stood.
    taken.remove(identity);
    taken.put(identity, millis);
    Iterator<Long> oldest = taken.values().iterator();
    while (taken.size() > limits.events()) {
      oldest.next();
      oldest.remove();
    }
  }

  /**
   * Forgets what is too old.
   *
   * @return when the oldest record was taken that is needed after a restart, {@code millis} when
   *     none is
   */
  public long neededSince(long millis) {
    Iterator<Long> oldest = taken.values().iterator();
    while (oldest.hasNext()) {
      long at = oldest.next();
      if (isWithin(at, millis)) {
        return at;
      }
      oldest.remove();
    }
    return millis;
  }

  /** How long an identity is remembered, in milliseconds. */
  public long millis() {
    return limits.window().toMillis();
  }

  /** Identities that are remembered now. */
  public int size() {
    return taken.size();
  }
}

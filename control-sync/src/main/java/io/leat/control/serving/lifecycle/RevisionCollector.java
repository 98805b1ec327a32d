package io.leat.control.serving.lifecycle;

import io.leat.control.resource.Resource;
import io.leat.control.store.Labels;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which revisions of a Configuration go, as Knative does: those that were made and had
 * traffic longer ago than both limits, down to a number that is kept; then whatever is above the
 * maximum, whatever its age. The one without traffic for longest goes first.
 */
public final class RevisionCollector {
  private static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");

  private final RevisionRetention retention;
  private final Instant now;

  /** Decides at one moment. */
  public RevisionCollector(RevisionRetention retention, Instant now) {
    this.retention = retention;
    this.now = now;
  }

  /**
   * What is to be done.
   *
   * @param next how long until another one may go; null for never by itself
   */
  public record Outcome(List<Resource> gone, @Nullable Duration next) {}

  /**
   * The ones to delete.
   *
   * @param idle revisions that nothing names and nothing protects
   */
  public Outcome collect(List<Resource> idle) {
    List<Resource> sorted = new ArrayList<>(idle);
    sorted.sort(
        Comparator.comparing(RevisionCollector::lastActive)
            .thenComparing(revision -> revision.metadata().name()));
    List<Resource> left = new ArrayList<>();
    List<Resource> gone = new ArrayList<>();
    Duration next = null;
    for (Resource revision : sorted) {
      Duration wait = untilStale(revision);
      boolean spare = sorted.size() - gone.size() > retention.minNonActive();
      if (wait != null && !wait.isPositive() && spare) {
        gone.add(revision);
        continue;
      }
      left.add(revision);
      if (wait != null && wait.isPositive() && (next == null || wait.compareTo(next) < 0)) {
        next = wait;
      }
    }
    int excess = retention.maxNonActive() < 0 ? 0 : left.size() - retention.maxNonActive();
    if (excess > 0) {
      gone.addAll(left.subList(0, excess));
    }
    boolean more = left.size() - Math.max(0, excess) > retention.minNonActive();
    return new Outcome(gone, more ? next : null);
  }

  /** Whether an annotation keeps a revision. */
  public static boolean isProtected(Resource revision) {
    return "true".equalsIgnoreCase(revision.metadata().annotations().get(Labels.NO_GC));
  }

  /** Zero or less when it is stale, null when age does not matter. */
  private @Nullable Duration untilStale(Resource revision) {
    Duration sinceCreate = retention.sinceCreate();
    Duration sinceActive = retention.sinceLastActive();
    if (sinceCreate.isZero() && sinceActive.isZero()) {
      return null;
    }
    Duration create = Duration.between(now, created(revision).plus(sinceCreate));
    Duration active = Duration.between(now, lastActive(revision).plus(sinceActive));
    if (sinceCreate.isZero()) {
      return active;
    }
    return sinceActive.isZero() || create.compareTo(active) > 0 ? create : active;
  }

  private static Instant lastActive(Resource revision) {
    String text = revision.metadata().annotations().get(Labels.ROUTING_STATE_MODIFIED);
    try {
      return text == null ? created(revision) : Instant.parse(text);
    } catch (DateTimeParseException edited) {
      // Only we write it; what somebody made of it says nothing.
      return created(revision);
    }
  }

  private static Instant created(Resource revision) {
    Instant created = revision.metadata().creationTimestamp();
    return created == null ? NEVER : created;
  }
}

package io.leat.control.api.logs;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * What the instances of a Revision printed, or of all Revisions of a Service or a Configuration, or
 * of those that a Route leads to, from the files that their output goes to.
 *
 * <p>Any thread reads, at most {@value #MAX_READERS} at a time; of more than {@value
 * #MAX_REVISIONS} Revisions, the newest.
 */
public final class InstanceLogs {
  /** Streams that may be read at a time. */
  public static final int MAX_READERS = 16;

  /** The most lines that may be asked for by {@link Asked#tail}. */
  public static final int MAX_TAIL = 10_000;

  /** For {@link Asked#tail}: every line that is kept. */
  public static final int ALL = -1;

  static final int MAX_REVISIONS = 32;
  private static final long POLL_NANOS = 100_000_000;

  /** Polls between two looks at the store: 1 s. */
  private static final int POLLS_PER_LOOK = 10;

  private final ResourceStore store;
  private final Function<RevisionId, Path> files;
  private final AtomicInteger readers = new AtomicInteger();

  /**
   * The logs of the revisions of a store.
   *
   * @param files gives the newest log file of a revision, which may not exist
   */
  public InstanceLogs(ResourceStore store, Function<RevisionId, Path> files) {
    this.store = store;
    this.files = files;
  }

  /**
   * What a reader wants.
   *
   * @param of a resource of a kind that {@linkplain #has has} logs
   * @param tail how many lines at most of those that are kept; or {@link #ALL}
   * @param since no line is older
   * @param follow whether to go on until the resource is gone
   */
  public record Asked(ResourceKey of, int tail, Instant since, boolean follow) {}

  /** Takes lines; called by the thread that reads. */
  public interface Sink {
    /** Before the first line: how many instances the lines to begin with are from, at most 2. */
    void begin(int instances) throws IOException;

    /** The next line. */
    void line(LogLine line) throws IOException;

    /** No line is left now. */
    void pause() throws IOException;
  }

  /** Whether instances of this kind print something. */
  public static boolean has(Kind kind) {
    return switch (kind) {
      case REVISION, SERVICE, CONFIGURATION, ROUTE -> true;
      default -> false;
    };
  }

  /** Whether no further stream can be read now. */
  public boolean isBusy() {
    return readers.get() >= MAX_READERS;
  }

  /** Whether a resource is there. */
  public boolean exists(ResourceKey key) {
    return store.read(view -> view.get(key)).isPresent();
  }

  /**
   * Writes the lines in the order of their times.
   *
   * @return false when as many streams as allowed are read already
   */
  public boolean write(Asked asked, Sink sink) throws IOException, InterruptedException {
    if (readers.incrementAndGet() > MAX_READERS) {
      readers.decrementAndGet();
      return false;
    }
    try (LogMerge logs = new LogMerge(files)) {
      logs.update(revisions(asked.of()));
      kept(logs, asked, sink);
      sink.pause();
      if (asked.follow()) {
        follow(logs, asked, sink);
      }
      return true;
    } finally {
      readers.decrementAndGet();
    }
  }

  private void kept(LogMerge logs, Asked asked, Sink sink) throws IOException {
    if (asked.tail() != ALL) {
      LogTail tail = new LogTail(asked.tail());
      rest(logs, asked.since(), tail::add);
      sink.begin(tail.instances());
      tail.lines(sink);
      return;
    }
    try (LogMerge first = new LogMerge(files)) {
      first.update(revisions(asked.of()));
      sink.begin(first.instances(asked.since()));
    }
    rest(logs, asked.since(), sink::line);
  }

  /** Takes a line. */
  private interface Taker {
    void take(LogLine line) throws IOException;
  }

  private static boolean rest(LogMerge logs, Instant since, Taker taker) throws IOException {
    LogLine line = logs.next();
    boolean any = line != null;
    while (line != null) {
      if (!line.time().isBefore(since)) {
        taker.take(line);
      }
      line = logs.next();
    }
    return any;
  }

  private void follow(LogMerge logs, Asked asked, Sink sink)
      throws IOException, InterruptedException {
    boolean there = true;
    for (int poll = 1; there; poll++) {
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException("the reader left, or the server ends");
      }
      if (poll % POLLS_PER_LOOK == 0) {
        there = exists(asked.of());
        if (there) {
          logs.update(revisions(asked.of()));
        }
      }
      if (rest(logs, asked.since(), sink::line) || poll % POLLS_PER_LOOK == 0) {
        sink.pause();
      }
    }
  }

  private List<RevisionId> revisions(ResourceKey of) {
    if (of.kind() == Kind.REVISION) {
      return List.of(new RevisionId(of.namespace(), of.name()));
    }
    return store.read(view -> of.kind() == Kind.ROUTE ? reached(of, view) : made(of, view)).stream()
        .sorted(Comparator.comparing(InstanceLogs::created).reversed())
        .limit(MAX_REVISIONS)
        .map(
            revision -> new RevisionId(revision.metadata().namespace(), revision.metadata().name()))
        .toList();
  }

  /** The Revisions that a Service or a Configuration made. */
  private static List<Resource> made(ResourceKey of, ResourceView view) {
    String label = of.kind() == Kind.SERVICE ? Labels.SERVICE : Labels.CONFIGURATION;
    return view.list(Kind.REVISION, of.namespace()).stream()
        .filter(revision -> of.name().equals(revision.metadata().labels().get(label)))
        .toList();
  }

  /** The Revisions that a Route leads to now, also those without a share of the requests. */
  private static List<Resource> reached(ResourceKey route, ResourceView view) {
    List<TrafficTarget> traffic =
        view.get(route).map(found -> found.status().traffic()).orElse(null);
    if (traffic == null) {
      return List.of();
    }
    return traffic.stream()
        .map(TrafficTarget::revisionName)
        .filter(Objects::nonNull)
        .distinct()
        .flatMap(name -> view.get(new ResourceKey(Kind.REVISION, route.namespace(), name)).stream())
        .toList();
  }

  private static Instant created(Resource revision) {
    Instant created = revision.metadata().creationTimestamp();
    return created == null ? Instant.EPOCH : created;
  }
}

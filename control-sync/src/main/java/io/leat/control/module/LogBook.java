package io.leat.control.module;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last lines that resources logged, for those who follow them.
 *
 * <p>Any thread writes and reads; a lock guards the lines. At most {@value #MAX_LINES} lines of at
 * most {@value #MAX_LENGTH} characters are kept of each resource, the newest stay; a reader that
 * falls further behind misses the oldest.
 */
public final class LogBook {
  static final int MAX_LINES = 1_000;
  static final int MAX_LENGTH = 4_096;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final Map<Urn, Lines> books = new HashMap<>();
  private final InstantSource clock;

  /** A line that was logged; numbers grow by one. */
  public record Line(long number, Instant time, String source, String text) {}

  private static final class Lines {
    final Deque<Line> lines = new ArrayDeque<>();
    long next = 1;
  }

  /** An empty book; lines get the clock's time. */
  public LogBook(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Adds a line.
   *
   * @param source which part of the resource it is from
   */
  public void add(Urn urn, String source, String text) {
    String clean = text.replaceAll("[\\p{Cntrl}&&[^\\t]]", " ");
    String cut = clean.length() > MAX_LENGTH ? clean.substring(0, MAX_LENGTH) : clean;
    lock.lock();
    try {
      Lines book = books.computeIfAbsent(urn, _ -> new Lines());
      book.lines.addLast(new Line(book.next++, clock.instant(), source, cut));
      if (book.lines.size() > MAX_LINES) {
        book.lines.removeFirst();
      }
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The lines with numbers after {@code number} that are kept. */
  public List<Line> after(Urn urn, long number) {
    lock.lock();
    try {
      List<Line> found = new ArrayList<>();
      Lines book = books.get(urn);
      if (book != null) {
        book.lines.stream().filter(line -> line.number() > number).forEach(found::add);
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** The same, once there are some; none when {@code millis} pass without any. */
  public List<Line> awaitAfter(Urn urn, long number, long millis) throws InterruptedException {
    long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      List<Line> found = after(urn, number);
      while (found.isEmpty() && nanos > 0) {
        nanos = grown.awaitNanos(nanos);
        found = after(urn, number);
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the lines of a resource that is gone. */
  void forget(Urn urn) {
    lock.lock();
    try {
      books.remove(urn);
    } finally {
      lock.unlock();
    }
  }
}

package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one log in order. The writer adds and removes them, any thread finds them. */
final class Segments {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);

  private final LogFiles files;
  private final ConcurrentSkipListMap<Long, Segment> all = new ConcurrentSkipListMap<>();
  private final AtomicLong damaged = new AtomicLong();

  Segments(LogFiles files) {
    this.files = files;
  }

  void add(Segment segment) {
    all.put(segment.base(), segment);
  }

  /** Removes a file; who reads it goes on reading. */
  void remove(Segment segment) throws IOException {
    all.remove(segment.base());
    files.delete(segment.indexPath());
    files.delete(segment.path());
  }

  Iterable<Segment> inOrder() {
    return all.values();
  }

  /** The file that has the offset, or else the next one that has a record. */
  @Nullable Segment at(long offset) {
    Map.@Nullable Entry<Long, Segment> floor = all.floorEntry(offset);
    if (floor != null && floor.getValue().next() > offset) {
      return floor.getValue();
    }
    for (Segment each : all.tailMap(offset, false).values()) {
      if (!each.isEmpty()) {
        return each;
      }
    }
    return null;
  }

  boolean isLast(Segment segment) {
    return all.lastEntry().getValue() == segment;
  }

  /** The oldest offset that is kept, or else the given one. */
  long first(long otherwise) {
    for (Segment each : all.values()) {
      if (!each.isEmpty()) {
        return each.markAt(Long.MIN_VALUE).offset();
      }
    }
    return otherwise;
  }

  long bytes() {
    long bytes = 0;
    for (Segment each : all.values()) {
      bytes += each.bytes();
    }
    return bytes;
  }

  /** About how many bytes there are from an offset on, never less. */
  long bytesFrom(long offset) {
    long bytes = 0;
    for (Segment each : all.descendingMap().values()) {
      if (each.next() <= offset) {
        break;
      }
      bytes += each.end() - each.markAt(offset).position();
      if (each.base() <= offset) {
        break;
      }
    }
    return bytes;
  }

  /** The first offset that has at most so many bytes from it on, as far as marks tell. */
  long offsetWithin(long bytes, long next) {
    long left = bytes;
    for (Segment each : all.descendingMap().values()) {
      if (each.bytes() > left) {
        return each.offsetFrom(each.end() - left);
      }
      left -= each.bytes();
    }
    return first(next);
  }

  /** The first record that was appended at a time or later, or else the given offset. */
  long offsetAt(long millis, long otherwise) {
    @Nullable Segment last = null;
    for (Segment each : all.values()) {
      if (each.firstTimestamp() >= millis) {
        break;
      }
      last = each;
    }
    if (last == null) {
      return first(otherwise);
    }
    try (SegmentReader reader = reader(last)) {
      Segment.Mark mark = last.markBefore(millis);
      reader.seek(mark.position(), mark.offset() - 1);
      while (next(last, reader)) {
        if (reader.timestamp() >= millis) {
          return reader.offset();
        }
      }
    } catch (NoSuchFileException e) {
      return first(otherwise);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    @Nullable Segment behind = at(last.next());
    return behind == null ? otherwise : behind.markAt(Long.MIN_VALUE).offset();
  }

  /** What had been appended before an offset. */
  Totals totalsAt(long offset) {
    @Nullable Segment segment = at(offset);
    if (segment == null) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: one that is kept)");
    }
    Totals.Counting counting = new Totals.Counting(segment.header().start());
    try (SegmentReader reader = reader(segment)) {
      reader.seek(segment.header().dataStart(), segment.base() - 1);
      while (next(segment, reader) && reader.offset() < offset) {
        counting.add(reader.cursor(), reader.length());
      }
    } catch (NoSuchFileException e) {
      // It was finished and deleted meanwhile: what follows is counted when it is read.
      return counting.totals();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counting.totals();
  }

  /** The first intact record at an offset or behind it in that offset's file. */
  @Nullable LogEntry entryFrom(long offset) {
    @Nullable Segment segment = at(offset);
    if (segment == null) {
      return null;
    }
    try (SegmentReader reader = reader(segment)) {
      Segment.Mark mark = segment.markAt(offset);
      reader.seek(mark.position(), mark.offset() - 1);
      while (next(segment, reader)) {
        if (reader.offset() >= offset) {
          return reader.entry();
        }
      }
      return null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SegmentReader reader(Segment segment) throws IOException {
    return new SegmentReader(files.read(segment.path()), segment.header().salt());
  }

  /** Moves on to the next record that counts, and notes damage that it passes. */
  boolean next(Segment segment, SegmentReader reader) throws IOException {
    long end = segment.end();
    long next = segment.next();
    while (true) {
      long before = reader.damaged();
      long from = reader.nextPosition();
      boolean found = reader.next(end);
      if (reader.damaged() > before || (!found && from < end && reader.offset() < next - 1)) {
        damaged(segment, from);
      }
      if (!found || !reader.has(Frame.VOID)) {
        return found;
      }
    }
  }

  /** Counts a damaged place, and tells the first one of each file. */
  void damaged(Segment segment, long position) {
    damaged.incrementAndGet();
    if (segment.reportsDamage()) {
      LOG.warn(
          "{}: damaged at byte {}, what is intact behind it is read", segment.path(), position);
    }
  }

  long damaged() {
    return damaged.get();
  }
}

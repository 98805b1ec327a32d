package io.leat.proxy.log.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads on for one cursor: from memory while it keeps up, else from a file that it keeps open. Used
 * by the one thread that reads.
 */
final class CursorReader {
  private final Segments segments;
  private final LogTail tail;
  private @Nullable SegmentReader reader;
  private @Nullable Segment readerSegment;
  private long readerAt;

  CursorReader(Segments segments, LogTail tail) {
    this.segments = segments;
    this.tail = tail;
  }

  /** Whether it reads from a file now. */
  boolean isOpen() {
    return reader != null;
  }

  /** Takes from an offset on, up to another one or until it is full; tells how far that went. */
  long collect(long from, long to, Taking taking) {
    long at = from;
    try {
      while (at < to && !taking.isFull()) {
        long after = tail.copy(at, to, taking);
        if (after > at) {
          closeReader();
          at = after;
        } else if (!taking.isFull()) {
          at = fromFile(at, to, taking);
        }
      }
      return at;
    } catch (IOException e) {
      try {
        closeReader();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new UncheckedIOException("records from " + from + " on cannot be read", e);
    }
  }

  /** Takes what one file has from an offset on; tells how far that went. */
  private long fromFile(long from, long to, Taking taking) throws IOException {
    @Nullable Segment segment = segments.at(from);
    if (segment == null || segment.base() >= to) {
      return to;
    }
    long behind = Math.min(to, Math.max(from, segment.next()));
    try {
      SegmentReader at = readerOf(segment, from);
      while (segments.next(segment, at)) {
        if (at.offset() < from) {
          continue;
        }
        if (at.offset() >= to || !taking.offer(at)) {
          behind = Math.min(to, at.offset());
          at.back();
          break;
        }
      }
      readerAt = behind;
      return behind;
    } catch (NoSuchFileException e) {
      // Everybody had finished it, and it was deleted.
      return behind;
    }
  }

  private SegmentReader readerOf(Segment segment, long from) throws IOException {
    @Nullable SegmentReader open = reader;
    if (open == null || readerSegment != segment || readerAt != from) {
      if (readerSegment != segment) {
        closeReader();
      }
      open = reader == null ? segments.reader(segment) : reader;
      reader = open;
      readerSegment = segment;
      Segment.Mark mark = segment.markAt(from);
      open.seek(mark.position(), mark.offset() - 1);
    }
    return open;
  }

  private void closeReader() throws IOException {
    @Nullable SegmentReader open = reader;
    reader = null;
    readerSegment = null;
    if (open != null) {
      open.close();
    }
  }
}

package io.leat.proxy.log.segment;

import io.leat.proxy.log.segment.LogFiles.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a directory holds after whatever happened to the process before.
 *
 * <p>A file with an index is taken as the index says. Of another one, the last as a rule, every
 * frame is checked. A frame names the group it was synced with, and a group is written only when
 * the one before it is durable: so whatever lies before the last group was durable and stays, whole
 * or not. Of the last group only appends that are whole stay; the rest was never acknowledged, or
 * its bytes are damaged.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);

  /**
   * What was found.
   *
   * @param next behind the last offset
   * @param totals up to there
   * @param timestamp that no later record may be before
   */
  record Recovered(Segments segments, long next, Totals totals, long timestamp) {}

  private record Suspect(long position, String cursor, int length) {}

  private final LogFiles files;
  private final Path directory;
  private final Segments segments;
  private Totals totals = Totals.ZERO;
  private long next;
  private long timestamp;

  private Recovery(LogFiles files, Path directory) {
    this.files = files;
    this.directory = directory;
    this.segments = new Segments(files);
  }

  /** Opens every file; {@code cursors} tells behind which offset the next record must be. */
  static Recovered open(LogFiles files, Path directory, long cursors) throws IOException {
    Recovery recovery = new Recovery(files, directory);
    for (String name : files.names(directory)) {
      if (name.matches("\\d{20}\\.log")) {
        recovery.add(name);
      }
    }
    long next = Math.max(cursors, recovery.next);
    return new Recovered(recovery.segments, next, recovery.totals, recovery.timestamp);
  }

  private void add(String name) throws IOException {
    long base = Long.parseLong(name.substring(0, 20));
    next = Math.max(next, base);
    Path path = directory.resolve(name);
    @Nullable SegmentHeader header;
    try (LogFile file = files.read(path)) {
      header = SegmentHeader.read(file);
    }
    if (header == null || header.base() != base) {
      LOG.error("{}: both headers are damaged, it is set aside", path);
      files.replace(directory.resolve(name + ".damaged"), path);
      return;
    }
    Segment segment = new Segment(directory, header);
    if (!segment.readIndex(files)) {
      new Scan(segment).run();
    }
    if (segment.isEmpty()) {
      files.delete(segment.indexPath());
      files.delete(path);
      return;
    }
    @Nullable Totals end = segment.endTotals();
    totals = end == null ? totals : end;
    next = segment.next();
    timestamp = Math.max(timestamp, segment.aboutLastTimestamp());
    segments.add(segment);
  }

  /** Checks every frame of one file. */
  private final class Scan {
    private final Segment segment;
    private final Totals.Counting counting;
    private final List<Suspect> open = new ArrayList<>();
    private final List<Suspect> torn = new ArrayList<>();
    private boolean inAppend;
    private long expected;
    private long group = -1;
    private long end;
    private long nextOffset;

    Scan(Segment segment) {
      this.segment = segment;
      this.counting = new Totals.Counting(segment.header().start());
      this.end = segment.end();
      this.nextOffset = segment.next();
    }

    void run() throws IOException {
      try (LogFile file = files.open(segment.path())) {
        SegmentReader reader = new SegmentReader(file, segment.header().salt());
        reader.seek(segment.header().dataStart(), segment.base() - 1);
        long size = file.size();
        while (reader.next(size)) {
          timestamp = Math.max(timestamp, reader.timestamp());
          segment.grew(
              new Segment.Mark(reader.offset(), reader.timestamp(), reader.position()), 0, 0);
          if (!reader.has(Frame.VOID)) {
            frame(reader);
          }
        }
        torn.addAll(open);
        for (Suspect each : torn) {
          if (each.position() < end) {
            makeVoid(reader, file, each);
          }
        }
        for (long i = 0; i < reader.damaged(); i++) {
          segments.damaged(segment, reader.damagedAt());
        }
        if (size > end) {
          file.truncate(end);
        }
        file.force(true);
      }
      segment.cut(end, nextOffset);
      segment.seal(files, counting.totals());
    }

    private void frame(SegmentReader reader) {
      if (reader.group() > group) {
        // Written after the group before was durable.
        torn.addAll(open);
        open.clear();
        torn.forEach(this::confirm);
        torn.clear();
        inAppend = false;
        group = reader.group();
        if (end < reader.position()) {
          end = reader.position();
          nextOffset = Math.max(nextOffset, group);
        }
      }
      Suspect suspect = new Suspect(reader.position(), reader.cursor(), reader.length());
      if (reader.has(Frame.BEGINS)) {
        torn.addAll(open);
        open.clear();
        inAppend = true;
      } else if (!inAppend || reader.offset() != expected) {
        torn.addAll(open);
        open.clear();
        torn.add(suspect);
        inAppend = false;
        return;
      }
      open.add(suspect);
      expected = reader.offset() + 1;
      if (reader.has(Frame.ENDS)) {
        open.forEach(this::confirm);
        open.clear();
        inAppend = false;
        end = reader.nextPosition();
        nextOffset = expected;
      }
    }

    private void confirm(Suspect suspect) {
      counting.add(suspect.cursor(), suspect.length());
    }

    private void makeVoid(SegmentReader reader, LogFile file, Suspect suspect) throws IOException {
      reader.seek(suspect.position(), segment.base() - 1);
      if (reader.next(file.size())) {
        LogFiles.writeFully(file, reader.voided(), suspect.position());
      }
    }
  }
}

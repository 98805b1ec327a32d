package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.segment.LogFiles.LogFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The file that is written. The thread of the log alone uses it.
 *
 * <p>The file is extended with zeros some way ahead of small groups: then a sync writes data and no
 * metadata. A group that fills a step by itself is not worth that.
 */
final class ActiveSegment implements Closeable {
  private final Segment segment;
  private final LogFile file;
  private final Staging staging;
  private final LogOptions.Sizes sizes;
  private long allocated;
  private long end;

  /** The buffer that frames are made in, which outlives the file. */
  static final class Staging {
    private static final int SMALL = 64 << 10;
    private static final int LARGE = 1 << 20;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(SMALL).asReadOnlyBuffer();

    private final byte[] headBytes = new byte[Frame.HEAD];
    private final ByteBuffer head = ByteBuffer.wrap(headBytes);
    private final CRC32C crc = new CRC32C();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(SMALL);

    private void reserve(long bytes) {
      if (bytes > buffer.capacity() && buffer.capacity() < LARGE) {
        buffer = ByteBuffer.allocateDirect(LARGE);
      }
      buffer.clear();
    }
  }

  private ActiveSegment(Segment segment, LogFile file, Staging staging, LogOptions.Sizes sizes) {
    this.segment = segment;
    this.file = file;
    this.staging = staging;
    this.sizes = sizes;
    this.end = segment.end();
    this.allocated = end;
  }

  /** Makes the next file, durable before anything is written to it. */
  static ActiveSegment create(
      LogFiles files, LogOptions options, SegmentHeader header, Staging staging)
      throws IOException {
    Path directory = options.directory();
    Segment segment = new Segment(directory, header);
    files.delete(segment.path());
    LogFile file = files.create(segment.path());
    try {
      header.write(file);
      file.force(true);
      files.syncDirectory(directory);
      return new ActiveSegment(segment, file, staging, options.sizes());
    } catch (IOException e) {
      try {
        file.close();
        files.delete(segment.path());
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  Segment segment() {
    return segment;
  }

  /** Whether so many bytes are to go into this file: something does in any case. */
  boolean fits(long bytes) {
    long used = end - segment.header().dataStart();
    return used == 0 || used + bytes <= sizes.segment();
  }

  /** Writes a group; it counts only after {@link #settle}. */
  void write(List<Append> group, long bytes, long first, long timestamp) throws IOException {
    staging.reserve(bytes);
    long offset = first;
    for (Append append : group) {
      int last = append.records().size() - 1;
      for (int i = 0; i <= last; i++) {
        int flags = (i == 0 ? Frame.BEGINS : 0) | (i == last ? Frame.ENDS : 0);
        frame(append.records().get(i), offset, (int) (offset - first), timestamp, flags);
        offset++;
      }
    }
    flush();
    extend(bytes);
  }

  private void frame(LogRecord record, long offset, int behind, long timestamp, int flags)
      throws IOException {
    byte[] cursor = record.cursor().getBytes(StandardCharsets.UTF_8);
    byte[] payload = record.payload();
    ByteBuffer head = staging.head.clear();
    head.putInt(Frame.HEAD + cursor.length + payload.length).putInt(0).putLong(offset);
    head.putInt(behind).putLong(timestamp).put((byte) flags).put(record.kind());
    head.putShort((short) cursor.length);
    CRC32C crc = staging.crc;
    Frame.begin(crc, segment.header().salt());
    crc.update(staging.headBytes, 0, Frame.AT_CRC);
    crc.update(staging.headBytes, Frame.AT_OFFSET, Frame.HEAD - Frame.AT_OFFSET);
    crc.update(cursor);
    crc.update(payload);
    head.putInt(Frame.AT_CRC, (int) crc.getValue());
    stage(staging.headBytes);
    stage(cursor);
    stage(payload);
  }

  private void stage(byte[] bytes) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      if (!staging.buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(bytes.length - at, staging.buffer.remaining());
      staging.buffer.put(bytes, at, count);
      at += count;
    }
  }

  private void flush() throws IOException {
    ByteBuffer staged = staging.buffer.flip();
    int length = staged.remaining();
    LogFiles.writeFully(file, staged, end);
    end += length;
    staged.clear();
  }

  private void extend(long bytes) throws IOException {
    if (end <= allocated) {
      return;
    }
    long most = segment.header().dataStart() + sizes.segment();
    long to = bytes >= sizes.step() / 4 ? end : Math.min(most, end + sizes.step());
    allocated = Math.max(end, to);
    for (long at = end; at < to; at += Staging.SMALL) {
      int count = (int) Math.min(Staging.SMALL, to - at);
      LogFiles.writeFully(file, Staging.ZEROS.duplicate().limit(count), at);
    }
  }

  void force() throws IOException {
    file.force(false);
  }

  /** What was written last is there for readers. */
  void settle(long first, long next, long timestamp) {
    segment.grew(new Segment.Mark(first, timestamp, segment.end()), end, next);
  }

  /** What was written last never was. */
  void undo() throws IOException {
    end = segment.end();
    allocated = end;
    file.truncate(end);
  }

  /** Completes the file, and writes its index. */
  void seal(LogFiles files, Totals totals) throws IOException {
    try {
      if (allocated > end) {
        file.truncate(end);
      }
      segment.seal(files, totals);
    } finally {
      file.close();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

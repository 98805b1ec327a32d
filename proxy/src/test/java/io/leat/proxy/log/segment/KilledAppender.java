package io.leat.proxy.log.segment;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.zip.CRC32C;

/** A program that appends until it is killed, and says what was acknowledged: a line each. */
final class KilledAppender {
  static final LogOptions.Sizes SIZES =
      new LogOptions.Sizes(256 << 10, 16 << 10, 64 << 10, 1 << 20, 1 << 16);
  private static final int IN_FLIGHT = 64;

  private KilledAppender() {}

  /** Appends to the log of a folder: {@code FOLDER SEED FIRST-ID}. */
  public static void main(String[] arguments) throws Exception {
    Random random = new Random(Long.parseLong(arguments[1]));
    long id = Long.parseLong(arguments[2]);
    SegmentedLog log = open(Path.of(arguments[0]), random.nextLong());
    log.cursor("a", new CursorStart.End());
    LogCursor other = log.cursor("b", new CursorStart.End());
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    while (true) {
      List<LogRecord> records = new ArrayList<>();
      StringBuilder line = new StringBuilder();
      for (int count = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1; count > 0; count--) {
        line.append(id).append(' ');
        records.add(new LogRecord((byte) 1, "", payload(id++, random)));
      }
      inFlight.acquire();
      log.append(
          records,
          (outcome, _) -> {
            inFlight.release();
            if (outcome == AppendOutcome.DURABLE) {
              // In one write, so that a line is whole or missing.
              System.out.print(line.append(".\n"));
              System.out.flush();
            }
          });
      for (LogEntry entry : other.read(random.nextInt(3), 1 << 20)) {
        other.finish(entry.offset());
      }
    }
  }

  static SegmentedLog open(Path folder, long seed) throws Exception {
    return SegmentedLog.open(
        Workshop.options(folder, SIZES),
        new Surroundings(
            Clock.systemUTC(), Thread.ofPlatform().daemon().factory(), new Random(seed)));
  }

  /** Checksum, id, and something. */
  static byte[] payload(long id, Random random) {
    byte[] payload = new byte[12 + random.nextInt(2_000)];
    random.nextBytes(payload);
    ByteBuffer.wrap(payload).putLong(4, id).putInt(0, crc(payload, id));
    return payload;
  }

  static int crc(byte[] payload, long id) {
    CRC32C crc = new CRC32C();
    crc.update(payload, 12, payload.length - 12);
    return (int) crc.getValue() ^ Long.hashCode(id);
  }
}

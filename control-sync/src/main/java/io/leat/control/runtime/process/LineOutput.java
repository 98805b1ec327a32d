package io.leat.control.runtime.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the output of one instance into lines, prefixes each with time and instance for the log, and
 * remembers the last ones. Written by one reading thread; any thread may ask for the last lines.
 */
public final class LineOutput implements Output {

  /** Longest line in the log, in bytes; what follows starts another line. */
  static final int MAX_LINE = 16 * 1024;

  private static final int KEPT_LINES = 20;
  private static final int KEPT_BYTES = 512;
  private static final int BATCH = 32 * 1024;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final RevisionLog log;
  private final byte[] name;
  private final InstantSource clock;
  private final byte[] line = new byte[MAX_LINE];
  private final byte[][] kept = new byte[KEPT_LINES][];
  private final int[] keptLength = new int[KEPT_LINES];
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream(1024);
  private int length;
  private long lines;

  /** Opens the log for this instance; {@link #end} closes it. */
  public LineOutput(RevisionLog log, String instance, InstantSource clock) {
    this.log = log;
    this.name = (" " + instance + " ").getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
    log.open();
  }

  @Override
  public synchronized void accept(byte[] chunk, int count) {
    byte[] time = time();
    for (int i = 0; i < count; i++) {
      if (chunk[i] == '\n') {
        finishLine(time);
      } else {
        if (length == MAX_LINE) {
          finishLine(time);
        }
        line[length++] = chunk[i];
      }
    }
    flush();
  }

  @Override
  public synchronized void end() {
    if (length > 0) {
      finishLine(time());
    }
    flush();
    log.close();
  }

  /** The end of the output, at most 20 lines of at most 512 bytes, oldest first, printable. */
  public synchronized List<String> lastLines() {
    List<String> last = new ArrayList<>();
    for (long n = Math.max(0, lines - KEPT_LINES); n < lines; n++) {
      int slot = (int) (n % KEPT_LINES);
      String text = new String(kept[slot], 0, keptLength[slot], StandardCharsets.UTF_8);
      last.add(text.replaceAll("[\\p{Cntrl}&&[^\\t]]", " ").stripTrailing());
    }
    return List.copyOf(last);
  }

  private byte[] time() {
    return TIME.format(clock.instant()).getBytes(StandardCharsets.US_ASCII);
  }

  private void finishLine(byte[] time) {
    int slot = (int) (lines++ % KEPT_LINES);
    if (kept[slot] == null) {
      kept[slot] = new byte[KEPT_BYTES];
    }
    keptLength[slot] = Math.min(length, KEPT_BYTES);
    System.arraycopy(line, 0, kept[slot], 0, keptLength[slot]);
    batch.write(time, 0, time.length);
    batch.write(name, 0, name.length);
    batch.write(line, 0, length);
    batch.write('\n');
    length = 0;
    if (batch.size() > BATCH) {
      flush();
    }
  }

  private void flush() {
    if (batch.size() > 0) {
      log.append(batch.toByteArray(), batch.size());
      batch.reset();
    }
  }
}

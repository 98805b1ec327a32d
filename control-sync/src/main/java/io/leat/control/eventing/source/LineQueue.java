package io.leat.control.eventing.source;

import io.leat.control.runtime.process.Output;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The lines of a program on their way from the thread that reads its output to the one that emits.
 * It holds few: a program that prints faster than its Channel takes waits in its pipe.
 */
final class LineQueue implements Output {
  /** Longest line in bytes; the rest of a longer one is thrown away. */
  static final int MAX_LINE = 64 * 1024;

  private static final int LINES = 16;

  private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES);
  private final byte[] line = new byte[MAX_LINE];
  private int length;
  private boolean cut;
  private volatile boolean closed;

  /**
   * A line without its end.
   *
   * @param cut whether it was longer
   * @param last whether the output has ended; then there is no text
   */
  record Line(byte[] text, boolean cut, boolean last) {}

  @Override
  public void accept(byte[] chunk, int count) {
    for (int i = 0; i < count && !closed; i++) {
      if (chunk[i] == '\n') {
        finish();
      } else if (length < MAX_LINE) {
        line[length++] = chunk[i];
      } else {
        cut = true;
      }
    }
  }

  @Override
  public void end() {
    if (length > 0) {
      finish();
    }
    put(new Line(new byte[0], false, true));
  }

  private void finish() {
    int end = !cut && length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    put(new Line(Arrays.copyOf(line, end), cut, false));
    length = 0;
    cut = false;
  }

  private void put(Line next) {
    try {
      if (!closed) {
        lines.put(next);
      }
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  Line take() throws InterruptedException {
    return lines.take();
  }

  /** Throws away what is there and what comes, so that the reading thread never waits again. */
  void close() {
    closed = true;
    lines.clear();
  }
}

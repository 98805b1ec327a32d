package io.leat.control.module.firehose;

import java.io.IOException;
import java.util.List;

/** Where a firehose takes lines from; used by one thread at a time. */
interface Source {
  /** Lines that are carried at once. */
  int MAX_LINES = 500;

  /**
   * The lines after a position; none when there is nothing new.
   *
   * @param position empty for the beginning
   */
  Batch next(String position) throws IOException, InterruptedException;

  /** What was handed out last is delivered, and the position behind it is kept. */
  default void kept() throws IOException {}

  /** The position after everything that there is now. */
  String end() throws IOException, InterruptedException;

  /**
   * Lines.
   *
   * @param position where to go on once they are delivered
   */
  record Batch(List<byte[]> lines, String position) {
    /** Copies the list. */
    public Batch {
      lines = List.copyOf(lines);
    }
  }
}

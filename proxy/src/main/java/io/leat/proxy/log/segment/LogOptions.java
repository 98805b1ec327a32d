package io.leat.proxy.log.segment;

import io.leat.proxy.table.ChannelStorage;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how a {@link SegmentedLog} keeps records.
 *
 * @param directory of its own; created if it is missing
 * @param storage durability and limits
 * @param sizes what it takes of memory and disk at a time
 * @param retain what is kept although every cursor has finished it
 */
public record LogOptions(Path directory, ChannelStorage storage, Sizes sizes, Retain retain) {

  /**
   * What a log takes at a time.
   *
   * @param segment bytes after which the next file is begun
   * @param step bytes by which a file is extended with zeros, so that a sync writes data alone
   * @param tail bytes of the newest records that are kept in memory for readers that keep up
   * @param waiting bytes of appends that may wait for the writer; beyond it they are refused
   * @param unfinished records that one cursor may have read and not finished before it gets no more
   */
  public record Sizes(int segment, int step, long tail, long waiting, int unfinished) {
    /** Files of 64 MiB in steps of 1 MiB, 8 MiB of newest records, 16 MiB that wait. */
    public static final Sizes DEFAULT = new Sizes(64 << 20, 1 << 20, 8 << 20, 16 << 20, 1 << 16);
  }

  /**
   * What is kept for replay: a finished file goes when it is beyond both.
   *
   * @param bytes of finished files that stay
   * @param age up to which the newest record of a finished file keeps it
   */
  public record Retain(long bytes, Duration age) {
    /** Nothing beyond what a cursor needs. */
    public static final Retain NOTHING = new Retain(0, Duration.ZERO);
  }

  /** A log in that directory with the usual sizes, which keeps nothing that is finished. */
  public static LogOptions of(Path directory, ChannelStorage storage) {
    return new LogOptions(directory, storage, Sizes.DEFAULT, Retain.NOTHING);
  }
}

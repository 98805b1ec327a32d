package io.leat.proxy.log;

/**
 * One record to append: bytes, and whom they are for.
 *
 * <p>The arrays and bytes are not copied: nobody changes them after the record was made.
 *
 * @param kind what the bytes are; the log does not look at it
 * @param cursor the one cursor that gets the record, empty for every cursor
 * @param key records of one key are read in the order in which they were appended, also where a log
 *     has several partitions; empty when order is of no interest
 * @param payload at most 2^26 bytes
 */
// A record of bytes is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record LogRecord(byte kind, String cursor, String key, byte[] payload) {

  /** A record whose order among others is of no interest. */
  public LogRecord(byte kind, String cursor, byte[] payload) {
    this(kind, cursor, "", payload);
  }
}

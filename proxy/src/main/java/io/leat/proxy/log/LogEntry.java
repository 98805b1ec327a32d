package io.leat.proxy.log;

/**
 * One record as it was read back.
 *
 * @param offset its place, larger than that of every record before it in the same order
 * @param timestamp milliseconds since 1970 at which it was appended
 * @param kind as appended
 * @param payload as appended; other readers may hold the same array, so nobody changes it
 */
// A record of bytes is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record LogEntry(long offset, long timestamp, byte kind, byte[] payload) {}

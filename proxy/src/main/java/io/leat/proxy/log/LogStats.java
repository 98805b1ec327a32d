package io.leat.proxy.log;

/**
 * What a log holds.
 *
 * @param firstOffset of the oldest record that is kept
 * @param nextOffset that the next record gets
 * @param bytes that it occupies
 * @param waitingBytes of appends that are not durable yet
 * @param failed whether it refuses appends, because it failed or is closed
 */
public record LogStats(
    long firstOffset, long nextOffset, long bytes, long waitingBytes, boolean failed) {}

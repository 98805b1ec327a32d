package io.leat.proxy.log.segment;

/**
 * A cursor that has fallen behind the limits of its log.
 *
 * @param cursor the slowest one
 * @param from the oldest offset that it has not finished
 * @param to the first offset that is within the limits again
 */
public record Breached(String cursor, long from, long to) {}

package io.leat.proxy.fanout;

import io.leat.proxy.fanout.event.CloudEvent;

/**
 * An event that the log of a Channel holds.
 *
 * @param offset its place in the log
 * @param timestamp milliseconds since 1970 at which it became part of it
 */
public record KeptEvent(long offset, long timestamp, CloudEvent event) {}

package io.leat.control.eventing.topology;

/**
 * One Source of an {@link EventGraph}; both are {@code namespace/name}.
 *
 * @param channel where its events go
 */
public record GraphSource(String name, String channel) {}

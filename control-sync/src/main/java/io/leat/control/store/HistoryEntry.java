package io.leat.control.store;

import io.leat.control.resource.Spec;
import java.time.Instant;

/**
 * What a resource wanted once: one write that changed its spec or its owners.
 *
 * @param version the resourceVersion that the write gave
 * @param generation the generation that the write gave
 * @param spec as it was after the write
 */
public record HistoryEntry(
    long version, long generation, Instant time, String who, String reason, Spec spec) {}

package io.leat.proxy.telemetry;

import java.util.List;

/**
 * The state of the bounds that all clients of a proxy share.
 *
 * @param overloadLevel 0 to 4
 * @param overloadSteps how often each of the four levels was entered from below
 * @param bufferedBytes direct memory that the buffer allocator holds
 * @param connectionPauses how often accepting stopped because of too many connections
 * @param memoryPauses how often it stopped because memory was short
 * @param descriptorPauses how often it stopped because accepting failed
 */
public record GuardCounts(
    int overloadLevel,
    List<Long> overloadSteps,
    long bufferedBytes,
    long connectionPauses,
    long memoryPauses,
    long descriptorPauses) {}

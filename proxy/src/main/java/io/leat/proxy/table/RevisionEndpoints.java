package io.leat.proxy.table;

/** One revision as the data plane sees it: its limits and how it can be reached. */
public record RevisionEndpoints(RevisionId id, RevisionLimits limits, Reachability reachability) {}

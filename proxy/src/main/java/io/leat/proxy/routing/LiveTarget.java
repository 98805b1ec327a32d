package io.leat.proxy.routing;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.RevisionLimits;

/**
 * One target of a live split.
 *
 * @param index position in the split's list of targets
 * @param setHeaders the entry's and the target's header edits together: names in lower case and
 *     their values, alternating, ready to be copied into a head
 * @param metricsId row of this (route, revision) pair in the per-loop request counters
 * @param limits those of the revision, tightened by the policy of the route
 * @param policy what the route asks for
 */
public record LiveTarget(
    int index,
    LiveRevision revision,
    byte[][] setHeaders,
    int metricsId,
    RevisionLimits limits,
    LivePolicy policy) {}

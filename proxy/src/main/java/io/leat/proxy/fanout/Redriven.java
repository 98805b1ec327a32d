package io.leat.proxy.fanout;

import io.leat.proxy.http.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * What became of an order to deliver dead letters again.
 *
 * @param events how many are delivered again
 * @param skipped events of the dead letter Channel that are no letters of the Subscription
 * @param next the offset behind the last event that was looked at
 * @param more whether the Channel may hold more than was looked at
 * @param refusal why nothing is delivered again; null when it is
 */
public record Redriven(
    int events, int skipped, long next, boolean more, @Nullable Rejection refusal) {}

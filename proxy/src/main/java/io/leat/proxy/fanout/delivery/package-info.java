/**
 * Brings the events of one subscription to whom they are for: windows, retries, dead letters, lanes
 * and groups. Start at {@link io.leat.proxy.fanout.delivery.Subscription}.
 */
@NullMarked
package io.leat.proxy.fanout.delivery;

import org.jspecify.annotations.NullMarked;

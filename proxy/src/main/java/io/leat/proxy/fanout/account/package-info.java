/**
 * What is counted and known of deliveries. Start at {@link
 * io.leat.proxy.fanout.account.DeliveryOutcome}.
 */
@NullMarked
package io.leat.proxy.fanout.account;

import org.jspecify.annotations.NullMarked;

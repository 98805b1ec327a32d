/**
 * The rules of delivery that need no thread and no clock of their own: which tries are repeated and
 * when, and when a subscription that leaves is done. Start at {@link
 * io.leat.proxy.fanout.delivery.rule.RetryRules}.
 */
@NullMarked
package io.leat.proxy.fanout.delivery.rule;

import org.jspecify.annotations.NullMarked;

/**
 * Chooses an endpoint of a revision and accounts for what is in flight. Start at {@link
 * io.leat.proxy.balance.LiveRevision}.
 */
@NullMarked
package io.leat.proxy.balance;

import org.jspecify.annotations.NullMarked;

/**
 * What of an event is kept and travels with it. Start at {@link
 * io.leat.proxy.fanout.stored.StoredEvent}.
 */
@NullMarked
package io.leat.proxy.fanout.stored;

import org.jspecify.annotations.NullMarked;

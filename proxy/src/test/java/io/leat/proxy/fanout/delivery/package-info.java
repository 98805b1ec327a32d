/** Deliveries under a clock that a test moves. Start at {@link ManualLoop}. */
@NullMarked
package io.leat.proxy.fanout.delivery;

import org.jspecify.annotations.NullMarked;

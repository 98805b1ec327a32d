/**
 * The bounds that all clients together share: connections and memory for bytes on their way. Start
 * at {@link io.leat.proxy.guard.Overload}.
 */
@NullMarked
package io.leat.proxy.guard;

import org.jspecify.annotations.NullMarked;

/** Decides, purely, where a request goes. Start at {@link io.leat.proxy.routing.Router}. */
@NullMarked
package io.leat.proxy.routing;

import org.jspecify.annotations.NullMarked;

/** Tests of routing. Start at {@link io.leat.proxy.routing.LiveTableTest}. */
@NullMarked
package io.leat.proxy.routing;

import org.jspecify.annotations.NullMarked;

/** The data-plane process: start, drain and stop. Start at {@link io.leat.proxy.Proxy}. */
@NullMarked
package io.leat.proxy;

import org.jspecify.annotations.NullMarked;

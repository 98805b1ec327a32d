/**
 * Long mixed load on one proxy, and what it may not cost; start at {@link
 * io.leat.proxy.soak.SoakTest}.
 */
@NullMarked
package io.leat.proxy.soak;

import org.jspecify.annotations.NullMarked;

/** Tests of the bounds that all clients share. */
@NullMarked
package io.leat.proxy.guard;

import org.jspecify.annotations.NullMarked;

/**
 * Sends a share of requests a second time, to a revision whose answers nobody reads. Start at
 * {@link io.leat.proxy.mirror.Mirrors}.
 */
@NullMarked
package io.leat.proxy.mirror;

import org.jspecify.annotations.NullMarked;

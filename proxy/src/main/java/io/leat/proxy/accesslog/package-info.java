/**
 * Finished requests: one line each, written by a thread of its own and off by default, and taps
 * that watch them as they end. Start at {@link io.leat.proxy.accesslog.AccessLog}.
 */
@NullMarked
package io.leat.proxy.accesslog;

import org.jspecify.annotations.NullMarked;

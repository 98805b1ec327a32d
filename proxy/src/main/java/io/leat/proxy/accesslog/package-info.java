/**
 * One line per finished request, written by a thread of its own; off by default. Start at {@link
 * io.leat.proxy.accesslog.AccessLog}.
 */
@NullMarked
package io.leat.proxy.accesslog;

import org.jspecify.annotations.NullMarked;

/**
 * W3C Trace Context on its way through the proxy. Start at {@link
 * io.leat.proxy.trace.TraceContext}.
 */
@NullMarked
package io.leat.proxy.trace;

import org.jspecify.annotations.NullMarked;

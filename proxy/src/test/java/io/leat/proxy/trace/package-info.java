/** Tests of trace context. Start at {@link io.leat.proxy.trace.TraceContextTest}. */
@NullMarked
package io.leat.proxy.trace;

import org.jspecify.annotations.NullMarked;

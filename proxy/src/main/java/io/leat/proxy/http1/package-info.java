/**
 * HTTP/1.1 heads as ranges of bytes and message bodies as slices: parse, decide, rewrite, without
 * an object per field. Start at {@link io.leat.proxy.http1.RequestHead}.
 */
@NullMarked
package io.leat.proxy.http1;

import org.jspecify.annotations.NullMarked;

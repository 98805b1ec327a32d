/** Tests of the access log. Start at {@link io.leat.proxy.accesslog.AccessLogTest}. */
@NullMarked
package io.leat.proxy.accesslog;

import org.jspecify.annotations.NullMarked;

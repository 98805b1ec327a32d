/** HTTP rules shared by every protocol version. Start at {@link io.leat.proxy.http.Rejection}. */
@NullMarked
package io.leat.proxy.http;

import org.jspecify.annotations.NullMarked;

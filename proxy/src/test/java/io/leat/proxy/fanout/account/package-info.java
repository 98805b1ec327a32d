/** Tests of what is known of deliveries. */
@NullMarked
package io.leat.proxy.fanout.account;

import org.jspecify.annotations.NullMarked;

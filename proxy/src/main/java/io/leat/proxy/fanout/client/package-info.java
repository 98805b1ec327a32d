/**
 * Sends events as HTTP requests over the pools of an event loop, through the live table where it
 * knows the host. Start at {@link io.leat.proxy.fanout.client.HttpCourier}.
 */
@NullMarked
package io.leat.proxy.fanout.client;

import org.jspecify.annotations.NullMarked;

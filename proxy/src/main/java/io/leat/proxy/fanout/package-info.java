/**
 * Channels: accepts events durably and delivers each to every subscriber. Start at {@link
 * io.leat.proxy.fanout.ChannelEngine}.
 */
@NullMarked
package io.leat.proxy.fanout;

import org.jspecify.annotations.NullMarked;

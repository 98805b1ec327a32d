/** Channels on real sockets, and their upstream's tables. Start at {@link ChannelFixture}. */
@NullMarked
package io.leat.proxy.fanout;

import org.jspecify.annotations.NullMarked;

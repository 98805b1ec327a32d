/**
 * Sends events to Channels, shows those they keep and what became of them, and has them delivered
 * again. Start at {@link io.leat.control.api.channels.ChannelApi}.
 */
@NullMarked
package io.leat.control.api.channels;

import org.jspecify.annotations.NullMarked;

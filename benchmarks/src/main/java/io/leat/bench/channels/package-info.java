/**
 * Channels under load: over HTTP beside the plain proxy, with a backlog, and their log alone. Start
 * at {@link io.leat.bench.channels.ChannelLoad}.
 */
@NullMarked
package io.leat.bench.channels;

import org.jspecify.annotations.NullMarked;

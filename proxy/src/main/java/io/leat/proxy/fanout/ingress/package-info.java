/**
 * Answers those who send events to a Channel. Start at {@link
 * io.leat.proxy.fanout.ingress.ChannelIngress}.
 */
@NullMarked
package io.leat.proxy.fanout.ingress;

import org.jspecify.annotations.NullMarked;

/**
 * Judges how Channels and Subscriptions hang together before they are applied, and follows an event
 * through them; start at {@link io.leat.control.eventing.topology.TopologyCheck}.
 */
@NullMarked
package io.leat.control.eventing.topology;

import org.jspecify.annotations.NullMarked;

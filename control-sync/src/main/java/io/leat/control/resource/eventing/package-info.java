/**
 * Both faces of Channels and Subscriptions as one model; read {@link
 * io.leat.control.resource.eventing.SubscriptionModel} first.
 */
@NullMarked
package io.leat.control.resource.eventing;

import org.jspecify.annotations.NullMarked;

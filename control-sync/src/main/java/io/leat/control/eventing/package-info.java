/**
 * Reconciles Channels, Subscriptions, Sources, Provisioners and EventTypes, and compiles Channels
 * into the table; read {@link io.leat.control.eventing.SubscriptionReconciler} first.
 */
@NullMarked
package io.leat.control.eventing;

import org.jspecify.annotations.NullMarked;

/**
 * CloudEvents 1.0 and 0.3 over bytes: the three content modes of HTTP, and the form in which logs
 * keep events. Start at {@link io.leat.proxy.fanout.event.CloudEvent}.
 */
@NullMarked
package io.leat.proxy.fanout.event;

import org.jspecify.annotations.NullMarked;

/**
 * What happened to resources, as {@code v1 Event} resources. Start at {@link
 * io.leat.control.api.events.EventRecorder}.
 */
@NullMarked
package io.leat.control.api.events;

import org.jspecify.annotations.NullMarked;

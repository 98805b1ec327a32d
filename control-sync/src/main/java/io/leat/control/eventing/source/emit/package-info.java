/**
 * Events of Sources, and how they leave; start at {@link
 * io.leat.control.eventing.source.emit.EventSink}.
 */
@NullMarked
package io.leat.control.eventing.source.emit;

import org.jspecify.annotations.NullMarked;

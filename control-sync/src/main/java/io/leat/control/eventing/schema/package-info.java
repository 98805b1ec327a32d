/**
 * Judges the data of events by the JSON Schemas of EventTypes; start at {@link
 * io.leat.control.eventing.schema.EventSchemas}.
 */
@NullMarked
package io.leat.control.eventing.schema;

import org.jspecify.annotations.NullMarked;

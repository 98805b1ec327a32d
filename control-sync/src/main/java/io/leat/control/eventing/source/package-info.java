/**
 * Runs Sources: what makes events of the passing of time, of documents, files and programs, and
 * hands them to Channels. Start at {@link io.leat.control.eventing.source.SourceRunner}.
 */
@NullMarked
package io.leat.control.eventing.source;

import org.jspecify.annotations.NullMarked;

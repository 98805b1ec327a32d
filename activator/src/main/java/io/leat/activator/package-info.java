/**
 * Holds requests for revisions without capacity, and decides scale. Start at {@link
 * io.leat.activator.hold.RevisionHold}.
 */
@NullMarked
package io.leat.activator;

import org.jspecify.annotations.NullMarked;

/**
 * Where requests wait, in order and within bounds, for a revision that has no capacity now. Start
 * at {@link io.leat.activator.hold.RevisionHold}.
 */
@NullMarked
package io.leat.activator.hold;

import org.jspecify.annotations.NullMarked;

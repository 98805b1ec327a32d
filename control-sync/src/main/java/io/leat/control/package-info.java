/** Turns resources into route tables. Start at {@link io.leat.control.standalone.Standalone}. */
@NullMarked
package io.leat.control;

import org.jspecify.annotations.NullMarked;

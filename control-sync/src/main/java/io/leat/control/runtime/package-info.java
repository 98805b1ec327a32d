/** Runs the instances of revisions. Start at {@link io.leat.control.runtime.RevisionRuntime}. */
@NullMarked
package io.leat.control.runtime;

import org.jspecify.annotations.NullMarked;

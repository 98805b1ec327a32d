/**
 * How revisions come and go: traffic that moves in steps, and revisions that nobody needs any more;
 * all pure functions. Start at {@link io.leat.control.serving.lifecycle.StagedRollout}.
 */
@NullMarked
package io.leat.control.serving.lifecycle;

import org.jspecify.annotations.NullMarked;

/**
 * What a change would lead to, found by making it in a copy of everything. Start at {@link
 * io.leat.control.plan.Planner}.
 */
@NullMarked
package io.leat.control.plan;

import org.jspecify.annotations.NullMarked;

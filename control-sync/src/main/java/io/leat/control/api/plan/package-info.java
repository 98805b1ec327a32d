/**
 * What several documents would lead to, over HTTP. Start at {@link
 * io.leat.control.api.plan.PlanApi}.
 */
@NullMarked
package io.leat.control.api.plan;

import org.jspecify.annotations.NullMarked;

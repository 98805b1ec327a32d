/**
 * Service, Configuration, Revision and Route: what each plans and what it puts into the table.
 * Start at {@link io.leat.control.serving.RouteReconciler}.
 */
@NullMarked
package io.leat.control.serving;

import org.jspecify.annotations.NullMarked;

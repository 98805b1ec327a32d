/**
 * Server-side apply: who owns which field of a resource, and merging what somebody applies. Start
 * at {@link io.leat.control.api.apply.ServerSideApply}.
 */
@NullMarked
package io.leat.control.api.apply;

import org.jspecify.annotations.NullMarked;

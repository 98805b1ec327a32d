/**
 * What is known of a resource beside its document. Start at {@link
 * io.leat.control.api.inspect.InspectApi}.
 */
@NullMarked
package io.leat.control.api.inspect;

import org.jspecify.annotations.NullMarked;

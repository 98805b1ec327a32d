/** Everything in one process. Start at {@link io.leat.control.standalone.Standalone}. */
@NullMarked
package io.leat.control.standalone;

import org.jspecify.annotations.NullMarked;

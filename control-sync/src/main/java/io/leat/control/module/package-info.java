/**
 * Resources whose life cycle a module plans and syncs, as in Entropy: what they are, how they are
 * kept, and how jobs carry them from one state to the next; start at {@link
 * io.leat.control.module.Module}, then {@link io.leat.control.module.ModuleService}.
 */
@NullMarked
package io.leat.control.module;

import org.jspecify.annotations.NullMarked;

/**
 * Files that are read while they grow, over renames, cuts and restarts; start at {@link
 * io.leat.control.eventing.source.tail.TailedFile}.
 */
@NullMarked
package io.leat.control.eventing.source.tail;

import org.jspecify.annotations.NullMarked;

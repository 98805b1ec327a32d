/**
 * The port to the truth: resources by key, with compare-and-set writes and a watch. Start at {@link
 * io.leat.control.store.ResourceStore}.
 */
@NullMarked
package io.leat.control.store;

import org.jspecify.annotations.NullMarked;

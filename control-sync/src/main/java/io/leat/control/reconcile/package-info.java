/**
 * Plans without side effects, and the one place that carries them out. Start at {@link
 * io.leat.control.reconcile.Reconciler}.
 */
@NullMarked
package io.leat.control.reconcile;

import org.jspecify.annotations.NullMarked;

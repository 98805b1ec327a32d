/**
 * A store to try changes in, over another that stays as it is. Start at {@link
 * io.leat.control.store.overlay.OverlayStore}.
 */
@NullMarked
package io.leat.control.store.overlay;

import org.jspecify.annotations.NullMarked;

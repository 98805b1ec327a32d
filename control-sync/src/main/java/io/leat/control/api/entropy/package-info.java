/**
 * The Entropy API: every kind of resources in one form, actions on them, and what became of those;
 * start at {@link io.leat.control.api.entropy.EntropyApi}.
 */
@NullMarked
package io.leat.control.api.entropy;

import org.jspecify.annotations.NullMarked;

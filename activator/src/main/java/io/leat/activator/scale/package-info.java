/**
 * Windows over observed traffic, the scale decision, and the port that carries it out. Start at
 * {@link io.leat.activator.scale.ScaleDecision}.
 */
@NullMarked
package io.leat.activator.scale;

import org.jspecify.annotations.NullMarked;

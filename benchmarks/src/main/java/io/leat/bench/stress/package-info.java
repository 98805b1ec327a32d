/**
 * Races of the lock-free parts, searched by jcstress: every order that a processor and a compiler
 * may give to a few steps of two or three threads, and which results are allowed. Start at {@link
 * io.leat.bench.stress.HoldRaces}.
 */
@NullMarked
package io.leat.bench.stress;

import org.jspecify.annotations.NullMarked;

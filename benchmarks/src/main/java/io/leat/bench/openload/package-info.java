/**
 * An open-loop load generator that runs as a process of its own. Start at {@link
 * io.leat.bench.openload.OpenLoad}.
 */
@NullMarked
package io.leat.bench.openload;

import org.jspecify.annotations.NullMarked;

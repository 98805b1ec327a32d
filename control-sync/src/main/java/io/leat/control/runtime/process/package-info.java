/**
 * Starts operating-system processes that cannot outlive this one. Start at {@link
 * io.leat.control.runtime.process.Spawner}.
 */
@NullMarked
package io.leat.control.runtime.process;

import org.jspecify.annotations.NullMarked;

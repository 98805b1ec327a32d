/**
 * The module {@code process}: programs that Leat starts, watches and starts again; start at {@link
 * io.leat.control.module.process.ProcessModule}.
 */
@NullMarked
package io.leat.control.module.process;

import org.jspecify.annotations.NullMarked;

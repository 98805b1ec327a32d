/** The command line. Start at {@link io.leat.control.cli.Leat}. */
@NullMarked
package io.leat.control.cli;

import org.jspecify.annotations.NullMarked;

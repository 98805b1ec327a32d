/**
 * What commands print, as text made of the server's answers. Start at {@link
 * io.leat.control.cli.text.PlanText}.
 */
@NullMarked
package io.leat.control.cli.text;

import org.jspecify.annotations.NullMarked;

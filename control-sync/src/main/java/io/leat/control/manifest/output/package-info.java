/**
 * Writes resources as JSON, YAML and tables. Start at {@link
 * io.leat.control.manifest.output.ResourceJson}.
 */
@NullMarked
package io.leat.control.manifest.output;

import org.jspecify.annotations.NullMarked;

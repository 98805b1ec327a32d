/**
 * What a single resource must look like, and what a field that was left out means. Start at {@link
 * io.leat.control.manifest.rules.Validation}.
 */
@NullMarked
package io.leat.control.manifest.rules;

import org.jspecify.annotations.NullMarked;

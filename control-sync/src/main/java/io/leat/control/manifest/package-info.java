/**
 * Reads manifests from files, folders and requests into resources, and says what is wrong with them
 * and where. Start at {@link io.leat.control.manifest.ManifestReader}.
 */
@NullMarked
package io.leat.control.manifest;

import org.jspecify.annotations.NullMarked;

/**
 * The admin port: health, metrics, debugging, and the seam on which other modules put their APIs.
 * Start at {@link io.leat.proxy.admin.AdminServer}.
 */
@NullMarked
package io.leat.proxy.admin;

import org.jspecify.annotations.NullMarked;

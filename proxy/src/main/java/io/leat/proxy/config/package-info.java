/**
 * The configuration of the process: declared once, read once, as records. Start at {@link
 * io.leat.proxy.config.ConfigKey}.
 */
@NullMarked
package io.leat.proxy.config;

import org.jspecify.annotations.NullMarked;

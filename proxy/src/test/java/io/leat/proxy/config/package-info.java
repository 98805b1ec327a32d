/** Tests of the configuration. Start at {@link io.leat.proxy.config.ConfigReaderTest}. */
@NullMarked
package io.leat.proxy.config;

import org.jspecify.annotations.NullMarked;

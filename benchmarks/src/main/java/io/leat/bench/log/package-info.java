/**
 * Measures the log that Channels keep events in, without HTTP. Start at {@link
 * io.leat.bench.log.LogLoad}.
 */
@NullMarked
package io.leat.bench.log;

import org.jspecify.annotations.NullMarked;

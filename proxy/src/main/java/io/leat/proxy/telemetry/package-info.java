/**
 * What the process counts, how it is exposed, and the port for time. Start at {@link
 * io.leat.proxy.telemetry.Metric}.
 */
@NullMarked
package io.leat.proxy.telemetry;

import org.jspecify.annotations.NullMarked;

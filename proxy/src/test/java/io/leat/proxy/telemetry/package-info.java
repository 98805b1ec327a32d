/** Tests of the metrics. Start at {@link io.leat.proxy.telemetry.TelemetryTest}. */
@NullMarked
package io.leat.proxy.telemetry;

import org.jspecify.annotations.NullMarked;

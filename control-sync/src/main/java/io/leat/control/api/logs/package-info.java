/**
 * What instances of revisions printed, as streams. Start at {@link
 * io.leat.control.api.logs.InstanceLogs}.
 */
@NullMarked
package io.leat.control.api.logs;

import org.jspecify.annotations.NullMarked;

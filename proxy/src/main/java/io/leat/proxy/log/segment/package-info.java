/**
 * Keeps an {@link io.leat.proxy.log.EventLog} in files of one directory. Start at {@link
 * io.leat.proxy.log.segment.SegmentedLog}.
 */
@NullMarked
package io.leat.proxy.log.segment;

import org.jspecify.annotations.NullMarked;

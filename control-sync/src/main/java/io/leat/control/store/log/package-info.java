/**
 * What stores share about the order of writes: commits that several writers share, and the events
 * that are kept for those who come late. Start at {@link io.leat.control.store.log.GroupCommit}.
 */
@NullMarked
package io.leat.control.store.log;

import org.jspecify.annotations.NullMarked;

/**
 * Work that must not be forgotten: a queue with leases, fencing and retries beside the resources.
 * Start at {@link io.leat.control.store.jobs.JobStore}.
 */
@NullMarked
package io.leat.control.store.jobs;

import org.jspecify.annotations.NullMarked;

/**
 * Does the work that a job store keeps: workers that claim, beat, report and never die of a job;
 * start at {@link io.leat.control.jobs.JobRunner}.
 */
@NullMarked
package io.leat.control.jobs;

import org.jspecify.annotations.NullMarked;

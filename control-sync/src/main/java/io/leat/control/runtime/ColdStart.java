package io.leat.control.runtime;

import io.leat.proxy.table.RevisionId;
import java.time.Duration;

/**
 * How long one instance took from the decision to start it until it was ready.
 *
 * @param revision the revision
 * @param instance name of the instance
 * @param start from the decision until the process existed
 * @param ready from there until its probe passed
 */
public record ColdStart(RevisionId revision, String instance, Duration start, Duration ready) {}

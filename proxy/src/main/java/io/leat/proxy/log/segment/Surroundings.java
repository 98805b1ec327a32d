package io.leat.proxy.log.segment;

import java.time.Clock;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * What a log needs of the process.
 *
 * @param clock of the timestamps and of every age
 * @param threads makes the one thread of each log
 * @param random gives each file its salt; should not be foreseeable by who sends events
 */
public record Surroundings(Clock clock, ThreadFactory threads, RandomGenerator random) {}

package io.leat.proxy.log.segment;

import io.leat.proxy.log.RecordIdentity;
import io.leat.proxy.telemetry.SharedDurations;
import io.leat.proxy.telemetry.Ticker;
import java.time.Clock;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * What a log needs of the process.
 *
 * @param clock of the timestamps and of every age
 * @param threads makes the one thread of each log
 * @param random gives each file its salt; should not be foreseeable by who sends events
 * @param ticker times each sync
 * @param syncs takes how long it took; may be that of several logs
 * @param rule which records are the same, for logs with a window of duplicates
 */
public record Surroundings(
    Clock clock,
    ThreadFactory threads,
    RandomGenerator random,
    Ticker ticker,
    SharedDurations syncs,
    RecordIdentity.Rule rule) {

  /** Surroundings in which nobody asks how long syncs take, and no records are the same. */
  public Surroundings(Clock clock, ThreadFactory threads, RandomGenerator random) {
    this(clock, threads, random, Ticker.system(), new SharedDurations(), RecordIdentity.Rule.NONE);
  }
}

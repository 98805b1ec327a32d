package io.leat.proxy.fanout;

import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.segment.LogOptions;
import io.leat.proxy.log.segment.SegmentedLog;
import io.leat.proxy.log.segment.Surroundings;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.telemetry.SharedDurations;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Logs in the files of a test's folder; what is finished stays for replay. */
record FileLogs(Path folder) implements LogFactory {
  @Override
  public EventLog open(EventChannel channel) {
    Path own = folder.resolve(channel.id().name());
    LogOptions options =
        new LogOptions(
            own,
            channel.storage(),
            LogOptions.Sizes.DEFAULT,
            new LogOptions.Retain(64L << 20, Duration.ofHours(1)));
    return open(options);
  }

  /** A log of these options, whose files somebody else chose. */
  static EventLog open(LogOptions options) {
    try {
      return SegmentedLog.open(
          options,
          new Surroundings(
              Clock.systemUTC(),
              Thread.ofPlatform().daemon().name("test-log").factory(),
              RandomGenerator.getDefault(),
              Ticker.system(),
              new SharedDurations(),
              StoredEvent::identity));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

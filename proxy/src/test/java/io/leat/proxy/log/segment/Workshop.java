package io.leat.proxy.log.segment;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.RecordIdentity;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Breach;
import io.leat.proxy.table.ChannelStorage.Durability;
import io.leat.proxy.telemetry.SharedDurations;
import io.leat.proxy.telemetry.Ticker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Small logs for tests, with a clock that they move. */
final class Workshop {
  static final LogOptions.Sizes SMALL =
      new LogOptions.Sizes(16 << 10, 4 << 10, 4 << 10, 1 << 20, 1 << 16);

  final AtomicLong millis = new AtomicLong(1_000_000);

  /** Records are the same when their first bytes are; those that begin with 0 never are. */
  static @Nullable RecordIdentity byFirstByte(byte kind, byte[] payload) {
    return payload[0] == 0 ? null : new RecordIdentity(kind, payload[0]);
  }

  Surroundings surroundings() {
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
          }
        };
    return new Surroundings(
        clock,
        Thread.ofPlatform().daemon().name("log-test").factory(),
        new Random(1),
        Ticker.system(),
        new SharedDurations(),
        Workshop::byFirstByte);
  }

  static ChannelStorage storage(Durability durability, long maxBytes, Breach breach) {
    return new ChannelStorage("log", durability, maxBytes, Duration.ofDays(7), breach, Map.of());
  }

  static LogOptions options(Path directory, LogOptions.Sizes sizes) {
    return new LogOptions(
        directory,
        storage(Durability.FSYNC, 1L << 40, Breach.BLOCK),
        sizes,
        LogOptions.Retain.NOTHING);
  }

  static LogRecord record(byte[] payload) {
    return new LogRecord((byte) 1, "", payload);
  }

  /** Appends and waits; tells how it ended. */
  static AppendOutcome append(EventLog log, LogRecord... records) throws Exception {
    CompletableFuture<AppendOutcome> done = new CompletableFuture<>();
    log.append(List.of(records), (outcome, _) -> done.complete(outcome));
    return done.get(60, TimeUnit.SECONDS);
  }

  /** Reads everything that is there now. */
  static List<LogEntry> drain(LogCursor cursor) {
    List<LogEntry> all = new ArrayList<>();
    while (true) {
      List<LogEntry> some = cursor.read(1_000, 1 << 20);
      if (some.isEmpty()) {
        return all;
      }
      all.addAll(some);
    }
  }
}

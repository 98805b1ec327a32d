package io.leat.bench.log;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.segment.LogOptions;
import io.leat.proxy.log.segment.SegmentedLog;
import io.leat.proxy.log.segment.Surroundings;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Breach;
import io.leat.proxy.table.ChannelStorage.Durability;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Appends from one thread with so many records in flight, then opens what it left and reads it all.
 *
 * <p>Prints a row for each number in flight: events per second, the time until an append was
 * acknowledged, and the memory of the process; then how long opening and reading took.
 */
public final class LogLoad {
  private static final PrintStream OUT = System.out;

  private record Options(
      long records, int bytes, List<Integer> inFlight, Durability durability, Path directory) {
    static Options of(String[] arguments) {
      Map<String, String> given = new HashMap<>();
      for (String each : arguments) {
        int equals = each.indexOf('=');
        if (!each.startsWith("--") || equals < 0) {
          throw new IllegalArgumentException(each + " (expected: --NAME=VALUE)");
        }
        given.put(each.substring(2, equals), each.substring(equals + 1));
      }
      List<Integer> inFlight = new ArrayList<>();
      for (String each : given.getOrDefault("inflight", "1,64,512").split(",", -1)) {
        inFlight.add(Integer.valueOf(each));
      }
      return new Options(
          Long.parseLong(given.getOrDefault("records", "1000000")),
          Integer.parseInt(given.getOrDefault("bytes", "1024")),
          inFlight,
          Durability.valueOf(given.getOrDefault("durability", "fsync").toUpperCase(Locale.ROOT)),
          Path.of(given.getOrDefault("dir", "target/log-load")));
    }

    LogOptions log(Path of) {
      return LogOptions.of(
          of,
          new ChannelStorage(
              "log", durability, 1L << 40, Duration.ofDays(7), Breach.BLOCK, Map.of()));
    }
  }

  private final Options options;
  private final Histogram latencies = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
  private final AtomicLong acknowledged = new AtomicLong();
  private final Thread producer = Thread.currentThread();
  private volatile boolean isWaiting;

  private LogLoad(Options options) {
    this.options = options;
  }

  /** Runs every row. */
  public static void main(String[] arguments) throws IOException {
    Options options = Options.of(arguments);
    print(
        String.format(
            Locale.ROOT,
            "%-8s %9s %8s %12s %9s %9s %9s %8s",
            "sync",
            "in flight",
            "bytes",
            "events/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "rss MiB"));
    for (int i = 0; i < options.inFlight().size(); i++) {
      int inFlight = options.inFlight().get(i);
      Path directory = options.directory().resolve("in-flight-" + inFlight);
      delete(directory);
      // With one in flight each append is a sync; a twentieth of the records is enough.
      long records = inFlight == 1 ? options.records() / 20 : options.records();
      new LogLoad(options).append(directory, 1, inFlight, Math.min(records, 20_000));
      delete(directory);
      new LogLoad(options).append(directory, i + 2, inFlight, records);
      if (i + 1 == options.inFlight().size()) {
        open(options, directory);
      }
      delete(directory);
    }
  }

  private static SegmentedLog open(LogOptions options) throws IOException {
    return SegmentedLog.open(
        options,
        new Surroundings(
            Clock.systemUTC(),
            Thread.ofPlatform().daemon().name("log").factory(),
            new SecureRandom()));
  }

  private void append(Path directory, int row, int inFlight, long records) throws IOException {
    byte[] payload = new byte[options.bytes()];
    List<LogRecord> one = List.of(new LogRecord((byte) 1, "", payload));
    try (SegmentedLog log = open(options.log(directory))) {
      // Keeps everything that is appended.
      log.cursor("reader", new CursorStart.End());
      long begun = System.nanoTime();
      for (long sent = 0; sent < records; sent++) {
        await(sent - inFlight + 1);
        log.append(one, listener(System.nanoTime()));
      }
      await(records);
      double seconds = (System.nanoTime() - begun) / 1e9;
      if (row > 1) {
        print(
            String.format(
                Locale.ROOT,
                "%-8s %9d %8d %12.0f %9.3f %9.3f %9.3f %8d",
                options.durability(),
                inFlight,
                options.bytes(),
                records / seconds,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                latencies.getMaxValue() / 1e6,
                residentMib()));
      }
    }
  }

  private AppendListener listener(long sentAt) {
    return (outcome, _) -> {
      if (outcome != AppendOutcome.DURABLE) {
        throw new IllegalStateException("append: " + outcome);
      }
      latencies.recordValue(System.nanoTime() - sentAt);
      acknowledged.lazySet(acknowledged.getPlain() + 1);
      if (isWaiting) {
        isWaiting = false;
        LockSupport.unpark(producer);
      }
    };
  }

  private void await(long count) {
    while (acknowledged.get() < count) {
      isWaiting = true;
      if (acknowledged.get() < count) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    isWaiting = false;
  }

  private static void open(Options options, Path directory) throws IOException {
    long begun = System.nanoTime();
    try (SegmentedLog log = open(options.log(directory))) {
      LogCursor cursor = log.cursor("reader", new CursorStart.End());
      List<LogEntry> entries = cursor.read(100, 1 << 20);
      double opened = (System.nanoTime() - begun) / 1e6;
      print(
          String.format(
              Locale.ROOT,
              "opened %d MiB and read the first records in %.0f ms, backlog %d",
              log.stats().bytes() >> 20,
              opened,
              cursor.backlog()));
      begun = System.nanoTime();
      long read = 0;
      while (!entries.isEmpty()) {
        read += entries.size();
        entries.forEach(entry -> cursor.finish(entry.offset()));
        entries = cursor.read(100, 1 << 20);
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      print(
          String.format(
              Locale.ROOT,
              "read and finished %d records at %.0f events/s, rss %d MiB",
              read,
              read / seconds,
              residentMib()));
    }
  }

  private static long residentMib() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(each -> each.startsWith("VmRSS")).findFirst().orElse("0");
      return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static void print(String line) {
    OUT.println(line);
  }
}

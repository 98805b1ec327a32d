package io.leat.control.eventing.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Breach;
import io.leat.proxy.table.ChannelStorage.Durability;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** Opens logs on a broker of a test, appends to them and reads them. */
final class KafkaLogs {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How an append ended. */
  record Appended(AppendOutcome outcome, long offset) {}

  private static final AtomicLong CLOCK = new AtomicLong();

  private KafkaLogs() {}

  static KafkaLog open(String channel, Map<String, String> arguments, String instance) {
    return open(channel, storage(arguments, 1L << 30, Duration.ofDays(7)), instance);
  }

  static KafkaLog open(String channel, ChannelStorage storage, String instance) {
    try {
      return KafkaLog.open(new ChannelId("test", channel), storage, context(instance));
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  static KafkaContext context(String instance) {
    return new KafkaContext(
        KafkaLogs::tick,
        Ticker.system(),
        Thread.ofPlatform().daemon().name("test-kafka-", 0).factory(),
        instance);
  }

  /** Each record has a time of its own. */
  private static Instant tick() {
    long now = System.currentTimeMillis();
    return Instant.ofEpochMilli(CLOCK.updateAndGet(last -> Math.max(last + 1, now)));
  }

  static ChannelStorage storage(Map<String, String> arguments, long bytes, Duration age) {
    return new ChannelStorage("kafka", Durability.FSYNC, bytes, age, Breach.BLOCK, arguments);
  }

  static LogRecord record(String text) {
    return new LogRecord((byte) 7, "", text.getBytes(UTF_8));
  }

  static CompletableFuture<Appended> append(KafkaLog log, LogRecord... records) {
    CompletableFuture<Appended> done = new CompletableFuture<>();
    log.append(List.of(records), (outcome, offset) -> done.complete(new Appended(outcome, offset)));
    return done;
  }

  /** Appends one by one, each with a key of its own, and waits until all are durable. */
  static List<Long> appendKeyed(KafkaLog log, List<String> texts) {
    List<CompletableFuture<Appended>> sent = new ArrayList<>();
    texts.forEach(
        text -> sent.add(append(log, new LogRecord((byte) 7, "", text, text.getBytes(UTF_8)))));
    return sent.stream().map(KafkaLogs::durable).toList();
  }

  /** Appends one by one, without keys, and waits until all are durable. */
  static List<Long> appendAll(KafkaLog log, List<String> texts) {
    List<CompletableFuture<Appended>> sent = new ArrayList<>();
    texts.forEach(text -> sent.add(append(log, record(text))));
    return sent.stream().map(KafkaLogs::durable).toList();
  }

  static long durable(CompletableFuture<Appended> sent) {
    Appended appended = sent.orTimeout(60, TimeUnit.SECONDS).join();
    if (appended.outcome() != AppendOutcome.DURABLE) {
      throw new AssertionError("not durable: " + appended);
    }
    return appended.offset();
  }

  static String text(LogEntry entry) {
    return new String(entry.payload(), UTF_8);
  }

  /** The next entries, once so many can be read. */
  static List<LogEntry> read(LogCursor cursor, int entries) {
    List<LogEntry> read = new ArrayList<>();
    until(() -> {
      read.addAll(cursor.read(entries - read.size(), Long.MAX_VALUE));
      return read.size() >= entries;
    });
    return read;
  }

  static List<String> texts(LogCursor cursor, int entries) {
    return read(cursor, entries).stream().map(KafkaLogs::text).toList();
  }

  static void until(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(condition::getAsBoolean);
  }
}

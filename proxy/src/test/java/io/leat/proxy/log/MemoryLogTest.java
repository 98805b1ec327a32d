package io.leat.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The log in memory keeps the contract within its bound. */
final class MemoryLogTest extends EventLogContract {
  private final AtomicLong millis = new AtomicLong(1_000);
  private final Clock clock = new MillisClock(millis);

  /** A clock that the test moves. */
  private static final class MillisClock extends Clock {
    private final AtomicLong millis;

    MillisClock(AtomicLong millis) {
      this.millis = millis;
    }

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
  }

  @Override
  protected EventLog open() {
    return new MemoryLog(64 << 20, clock);
  }

  @Override
  protected void passTime() {
    millis.addAndGet(10);
  }

  @Test
  void isFullUntilItsSlowestCursorFinishes() {
    EventLog log = new MemoryLog(10_000, clock);
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    List<AppendOutcome> outcomes = new ArrayList<>();
    LogRecord record = new LogRecord((byte) 1, "", new byte[4_000]);
    for (int i = 0; i < 3; i++) {
      log.append(List.of(record), (outcome, _) -> outcomes.add(outcome));
    }
    assertThat(outcomes)
        .containsExactly(AppendOutcome.DURABLE, AppendOutcome.DURABLE, AppendOutcome.FULL);
    cursor.read(1, 10_000).forEach(entry -> cursor.finish(entry.offset()));
    log.append(List.of(record), (outcome, _) -> outcomes.add(outcome));
    assertThat(outcomes).endsWith(AppendOutcome.DURABLE);
    log.drop("a");
    assertThat(log.stats().bytes()).isZero();
  }
}

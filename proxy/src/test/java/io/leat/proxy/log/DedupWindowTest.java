package io.leat.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.ChannelStorage.Dedup;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a window of duplicates remembers, and for how long. */
final class DedupWindowTest {
  private final DedupWindow window =
      new DedupWindow(
          new Dedup(Duration.ofMillis(100), 3),
          (kind, bytes) -> new RecordIdentity(kind, bytes[0]));

  private static RecordIdentity identity(long of) {
    return new RecordIdentity(1, of);
  }

  private void take(long of, long millis) {
    window.stage(identity(of));
    window.settle(true, millis);
  }

  @Test
  void whatWasNotDurableWasNeverThere() {
    window.stage(identity(1));
    assertThat(window.isStaged(identity(1))).isTrue();
    assertThat(window.has(identity(1), 1_000)).isFalse();
    window.settle(false, 1_000);
    assertThat(window.isStaged(identity(1))).isFalse();
    assertThat(window.has(identity(1), 1_000)).isFalse();
    take(1, 1_000);
    assertThat(window.has(identity(1), 1_000)).isTrue();
  }

  @Test
  void endsSoLongAfterTheFirst() {
    take(1, 1_000);
    assertThat(window.has(identity(1), 1_099)).isTrue();
    assertThat(window.has(identity(1), 1_100)).isFalse();
    take(1, 1_100);
    assertThat(window.has(identity(1), 1_199)).isTrue();
    assertThat(window.has(identity(1), 1_200)).isFalse();
  }

  @Test
  void remembersTheNewestWithinItsBound() {
    for (int i = 0; i < 10_000; i++) {
      take(i, 1_000);
      assertThat(window.size()).isLessThanOrEqualTo(3);
    }
    assertThat(window.has(identity(9_996), 1_000)).isFalse();
    assertThat(window.has(identity(9_997), 1_000)).isTrue();
    assertThat(window.has(identity(9_999), 1_000)).isTrue();
  }

  @Test
  void forgetsWhatIsTooOld() {
    take(1, 1_000);
    take(2, 1_050);
    assertThat(window.neededSince(1_099)).isEqualTo(1_000);
    assertThat(window.neededSince(1_100)).isEqualTo(1_050);
    assertThat(window.size()).isEqualTo(1);
    assertThat(window.neededSince(1_150)).isEqualTo(1_150);
    assertThat(window.size()).isZero();
  }

  @Test
  void whatIsForOneCursorIsTheSameAsNothing() {
    byte[] payload = {1};
    assertThat(window.identity(new LogRecord((byte) 1, "", payload))).isEqualTo(identity(1));
    assertThat(window.identity(new LogRecord((byte) 1, "a", payload))).isNull();
  }

  @Test
  void aLogInMemoryTakesEachOnceAndSaysSo() {
    MemoryLog log = new MemoryLog(1 << 20, Clock.systemUTC(), window);
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    AtomicInteger duplicates = new AtomicInteger();
    List<AppendOutcome> outcomes = new ArrayList<>();
    AppendListener listener =
        new AppendListener() {
          @Override
          public void appended(AppendOutcome outcome, long firstOffset) {
            outcomes.add(outcome);
          }

          @Override
          public void duplicates(int count) {
            duplicates.addAndGet(count);
          }
        };
    LogRecord one = new LogRecord((byte) 1, "", new byte[] {1});
    LogRecord two = new LogRecord((byte) 1, "", new byte[] {2});
    log.append(List.of(one, one, two), listener);
    assertThat(cursor.read(10, 1 << 20)).hasSize(2);
    assertThat(duplicates).hasValue(1);
    assertThat(outcomes).containsExactly(AppendOutcome.DURABLE);
    log.close();
    log.append(List.of(new LogRecord((byte) 1, "", new byte[] {3})), listener);
    assertThat(outcomes).containsExactly(AppendOutcome.DURABLE, AppendOutcome.FAILED);
    assertThat(window.has(identity(3), Long.MAX_VALUE / 2)).isFalse();
    assertThat(window.isStaged(identity(3))).isFalse();
  }
}

package io.leat.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What every {@link EventLog} does that keeps records after it is closed. */
public abstract class DurableEventLogContract extends EventLogContract {
  @Test
  void cursorsGoOnAfterARestart() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    log.cursor("b", new CursorStart.End());
    for (int i = 0; i < 10; i++) {
      append("" + i);
    }
    append(record("a", "for a"));
    List<LogEntry> entries = read(cursor, 8);
    for (int finished : new int[] {0, 1, 4, 6}) {
      cursor.finish(entries.get(finished).offset());
    }
    reopen();
    assertThat(log.cursors()).containsExactlyInAnyOrder("a", "b");
    cursor = log.cursor("a", new CursorStart.End());
    assertThat(cursor.backlog()).isEqualTo(7);
    assertThat(texts(cursor, 7)).containsExactly("2", "3", "5", "7", "8", "9", "for a");
    assertThat(cursor.read(10, ALL_BYTES)).isEmpty();
    assertThat(log.cursor("b", new CursorStart.End()).backlog()).isEqualTo(10);
    long next = append("new");
    assertThat(next).isGreaterThan(entries.getLast().offset());
    assertThat(texts(cursor, 1)).containsExactly("new");
  }

  @Test
  void everythingFinishedStaysFinishedAfterARestart() throws Exception {
    LogCursor cursor = log.cursor("a", new CursorStart.End());
    for (int i = 0; i < 10; i++) {
      append("" + i);
    }
    List<LogEntry> entries = read(cursor, 10);
    finish(cursor, entries.reversed());
    reopen();
    cursor = log.cursor("a", new CursorStart.End());
    assertThat(cursor.backlog()).isZero();
    assertThat(cursor.read(10, ALL_BYTES)).isEmpty();
    append("next");
    assertThat(texts(cursor, 1)).containsExactly("next");
    assertThat(cursor.backlog()).isEqualTo(1);
  }

  @Test
  void droppedCursorsStayDroppedAfterARestart() throws Exception {
    log.cursor("a", new CursorStart.End());
    log.cursor("b", new CursorStart.End());
    append("1");
    log.drop("a");
    reopen();
    assertThat(log.cursors()).containsExactly("b");
  }

  @Test
  void aRandomHistoryIsReadAsItWasMade() throws Exception {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println(getClass().getSimpleName() + " seed " + seed);
    Random random = new Random(seed);
    List<String> names = List.of("a", "b", "c");
    List<Set<String>> expected = new ArrayList<>();
    for (String name : names) {
      log.cursor(name, new CursorStart.End());
      expected.add(new TreeSet<>());
    }
    for (int i = 0; i < 300; i++) {
      LogRecord[] records = new LogRecord[1 + random.nextInt(4)];
      for (int r = 0; r < records.length; r++) {
        String to = random.nextInt(3) > 0 ? "" : names.get(random.nextInt(3));
        String text = i + "/" + r + "x".repeat(random.nextInt(400));
        records[r] = record(to, text);
        for (int n = 0; n < names.size(); n++) {
          if (to.isEmpty() || to.equals(names.get(n))) {
            expected.get(n).add(text);
          }
        }
      }
      append(records);
      int n = random.nextInt(3);
      for (LogEntry entry :
          log.cursor(names.get(n), new CursorStart.End()).read(random.nextInt(8), ALL_BYTES)) {
        if (random.nextInt(4) > 0) {
          expected.get(n).remove(text(entry));
          log.cursor(names.get(n), new CursorStart.End()).finish(entry.offset());
        }
      }
    }
    reopen();
    for (int n = 0; n < names.size(); n++) {
      LogCursor cursor = log.cursor(names.get(n), new CursorStart.End());
      assertThat(cursor.backlog()).as("seed " + seed).isEqualTo(expected.get(n).size());
      assertThat(texts(cursor, expected.get(n).size()))
          .as("seed " + seed)
          .containsExactlyInAnyOrderElementsOf(expected.get(n));
      assertThat(cursor.read(10, ALL_BYTES)).isEmpty();
    }
  }
}

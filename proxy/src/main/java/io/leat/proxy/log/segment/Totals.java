package io.leat.proxy.log.segment;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * How much was appended since the log began, up to some record: what every cursor gets, and what
 * single ones get. From two of them follows what lies between, without reading it.
 *
 * @param common records for every cursor
 * @param directed records for one cursor, by its name
 */
record Totals(Count common, Map<String, Count> directed) {
  static final Totals ZERO = new Totals(Count.ZERO, Map.of());

  /** A number of records and their bytes. */
  record Count(long records, long bytes) {
    static final Count ZERO = new Count(0, 0);

    Count plus(long moreRecords, long moreBytes) {
      return new Count(records + moreRecords, bytes + moreBytes);
    }
  }

  Totals {
    directed = Map.copyOf(directed);
  }

  /** What one cursor got. */
  Count of(String cursor) {
    Count own = directed.getOrDefault(cursor, Count.ZERO);
    return common.plus(own.records(), own.bytes());
  }

  int size() {
    int size = 8 + 8 + 4;
    for (String name : directed.keySet()) {
      size += 2 + name.getBytes(StandardCharsets.UTF_8).length + 8 + 8;
    }
    return size;
  }

  void write(ByteBuffer to) {
    to.putLong(common.records()).putLong(common.bytes()).putInt(directed.size());
    directed.forEach((name, count) -> {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      to.putShort((short) bytes.length).put(bytes);
      to.putLong(count.records()).putLong(count.bytes());
    });
  }

  static Totals read(ByteBuffer from) {
    Count common = new Count(from.getLong(), from.getLong());
    int count = from.getInt();
    Map<String, Count> directed = new HashMap<>();
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[Short.toUnsignedInt(from.getShort())];
      from.get(name);
      directed.put(
          new String(name, StandardCharsets.UTF_8), new Count(from.getLong(), from.getLong()));
    }
    return new Totals(common, directed);
  }

  /** Counts on from some totals; used by one thread. */
  static final class Counting {
    private Count common;
    private final Map<String, Count> directed;

    Counting(Totals from) {
      this.common = from.common();
      this.directed = new HashMap<>(from.directed());
    }

    void add(String cursor, int bytes) {
      if (cursor.isEmpty()) {
        common = common.plus(1, bytes);
      } else {
        directed.merge(cursor, new Count(1, bytes), (a, b) -> a.plus(b.records(), b.bytes()));
      }
    }

    Totals totals() {
      return new Totals(common, directed);
    }
  }
}

package io.leat.proxy.log;

import java.util.Arrays;

/** An immutable set of offsets, as ranges in ascending order that do not touch. */
public final class OffsetRanges {
  /** No offset. */
  public static final OffsetRanges NONE = new OffsetRanges(new long[0]);

  // First and, exclusive, last offset of each range.
  private final long[] edges;

  private OffsetRanges(long[] edges) {
    this.edges = edges;
  }

  /** Whether the offset is one of them. */
  public boolean contains(long offset) {
    int found = Arrays.binarySearch(edges, offset);
    // An edge that was found opens a range when its place is even.
    return found >= 0 ? (found & 1) == 0 : ((-found - 1) & 1) == 1;
  }

  /** How many ranges there are. */
  public int count() {
    return edges.length / 2;
  }

  /** The first offset of a range. */
  public long from(int range) {
    return edges[2 * range];
  }

  /** The offset behind the last one of a range. */
  public long to(int range) {
    return edges[2 * range + 1];
  }

  /** The offset behind the last of all, or 0 without any. */
  public long end() {
    return edges.length == 0 ? 0 : edges[edges.length - 1];
  }

  /** Collects ranges that are given in ascending order; used by one thread. */
  public static final class Builder {
    private long[] edges = new long[16];
    private int size;

    /** Adds what is from an offset to another, exclusive; a range that is empty is left out. */
    public Builder add(long from, long to) {
      if (from >= to) {
        return this;
      }
      if (size > 0 && from < edges[size - 1]) {
        throw new IllegalArgumentException("from: " + from + " (expected: ascending)");
      }
      if (size > 0 && from == edges[size - 1]) {
        edges[size - 1] = to;
        return this;
      }
      if (size == edges.length) {
        edges = Arrays.copyOf(edges, 2 * size);
      }
      edges[size++] = from;
      edges[size++] = to;
      return this;
    }

    /** What was added. */
    public OffsetRanges build() {
      return size == 0 ? NONE : new OffsetRanges(Arrays.copyOf(edges, size));
    }
  }
}

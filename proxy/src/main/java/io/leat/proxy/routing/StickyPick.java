package io.leat.proxy.routing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.leat.proxy.table.Stickiness;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.WeightedTarget;
import java.util.List;

/**
 * Picks the target of a split by the value of a cookie or a header.
 *
 * <p>Weighted rendezvous hashing: key and revision together give each target an exponential time
 * with its weight as rate, and the earliest wins. Each target gets its share of the keys; a target
 * whose weight grows only wins keys, one whose weight shrinks only loses some, and no key moves
 * between targets whose weights stay. It depends on names and weights alone, so every proxy and
 * every restart picks the same. Immutable, read by any event loop.
 */
final class StickyPick {
  private static final byte[] COOKIE = "cookie".getBytes(ISO_8859_1);
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final double UNIT = 0x1p-53;

  private final boolean inCookie;
  private final byte[] field;
  private final byte[] name;
  private final long[] seeds;
  private final double[] weights;

  StickyPick(Stickiness stickiness, TrafficSplit split) {
    this.name = stickiness.name().getBytes(ISO_8859_1);
    this.inCookie = stickiness.source() == Stickiness.Source.COOKIE;
    this.field = inCookie ? COOKIE : name;
    List<WeightedTarget> targets = split.targets();
    this.seeds = new long[targets.size()];
    this.weights = new double[targets.size()];
    for (int i = 0; i < seeds.length; i++) {
      byte[] id = targets.get(i).revision().toString().getBytes(UTF_8);
      seeds[i] = mix(hash(id, 0, id.length));
      weights[i] = targets.get(i).weight();
    }
  }

  /** The index of the target, or -1 when the request has no such value. */
  int pick(RequestView request) {
    int at = request.findHeader(field);
    if (at < 0) {
      return -1;
    }
    byte[] bytes = request.bytes();
    int start = request.valueStart(at);
    int end = request.valueEnd(at);
    if (inCookie) {
      start = cookieStart(bytes, start, end);
      end = start < 0 ? start : cookieEnd(bytes, start, end);
    }
    return start < end ? pick(hash(bytes, start, end)) : -1;
  }

  private int pick(long key) {
    int first = -1;
    double earliest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < seeds.length; i++) {
      if (weights[i] > 0) {
        double uniform = ((mix(key ^ seeds[i]) >>> 11) + 0.5) * UNIT;
        double time = -Math.log(uniform) / weights[i];
        if (time < earliest) {
          earliest = time;
          first = i;
        }
      }
    }
    return first;
  }

  /** The value of the first cookie of the name (RFC 6265 section 4.2.1), or -1. */
  private int cookieStart(byte[] bytes, int start, int end) {
    int p = start;
    while (p < end) {
      while (p < end && isBlank(bytes[p])) {
        p++;
      }
      int value = p + name.length + 1;
      if (value <= end && bytes[value - 1] == '=' && startsWithName(bytes, p)) {
        return value;
      }
      p = separator(bytes, p, end) + 1;
    }
    return -1;
  }

  private static int cookieEnd(byte[] bytes, int start, int end) {
    int stop = separator(bytes, start, end);
    while (stop > start && isBlank(bytes[stop - 1])) {
      stop--;
    }
    return stop;
  }

  private static int separator(byte[] bytes, int from, int end) {
    int p = from;
    while (p < end && bytes[p] != ';') {
      p++;
    }
    return p;
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  private boolean startsWithName(byte[] bytes, int at) {
    for (int i = 0; i < name.length; i++) {
      if (bytes[at + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static long hash(byte[] bytes, int start, int end) {
    long hash = OFFSET_BASIS;
    for (int i = start; i < end; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * PRIME;
    }
    return hash;
  }

  /** Spreads every bit over all others (the finaliser of SplitMix64). */
  private static long mix(long value) {
    long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}

package io.leat.proxy.routing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hashing and comparing host names in place, eight bytes at a step, without regard to letter case.
 *
 * <p>Case folding is ASCII only (RFC 4343) and done within a 64-bit word: a byte is upper case when
 * its seventh bit flips between adding the distance to {@code A} and the distance past {@code Z}.
 */
final class HostName {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long FROM_A = 0x3f3f3f3f3f3f3f3fL;
  private static final long PAST_Z = 0x2525252525252525L;
  private static final long MULTIPLIER = 0x9fb21c651e98df25L;

  private HostName() {}

  /** A hash of {@code bytes[start, end)} that an outsider without the seed cannot predict. */
  static long hash(byte[] bytes, int start, int end, long seed) {
    long hash = seed ^ ((end - start) * MULTIPLIER);
    int at = start;
    for (; at + 8 <= end; at += 8) {
      hash = mix(hash, lower((long) WORD.get(bytes, at)), seed);
    }
    if (at < end) {
      hash = mix(hash, lower(rest(bytes, at, end)), seed);
    }
    hash ^= hash >>> 32;
    hash *= MULTIPLIER;
    return hash ^ (hash >>> 29);
  }

  /** Whether {@code bytes[start, end)} spells {@code key}, which is in lower case. */
  static boolean same(byte[] bytes, int start, int end, byte[] key) {
    if (end - start != key.length) {
      return false;
    }
    int at = 0;
    for (; at + 8 <= key.length; at += 8) {
      if (lower((long) WORD.get(bytes, start + at)) != (long) WORD.get(key, at)) {
        return false;
      }
    }
    return at == key.length || lower(rest(bytes, start + at, end)) == rest(key, at, key.length);
  }

  /** Whether {@code bytes[start, end)} is {@code name}, byte by byte. */
  static boolean identical(byte[] bytes, int start, int end, byte[] name) {
    int length = name.length;
    if (end - start != length) {
      return false;
    }
    if (length < 8) {
      return rest(bytes, start, end) == rest(name, 0, length);
    }
    for (int at = 0; at < length - 8; at += 8) {
      if ((long) WORD.get(bytes, start + at) != (long) WORD.get(name, at)) {
        return false;
      }
    }
    // The last word overlaps the one before.
    return (long) WORD.get(bytes, end - 8) == (long) WORD.get(name, length - 8);
  }

  private static long mix(long hash, long word, long seed) {
    // Both factors depend on the seed and both halves of the product are kept: with a constant
    // factor and one half, pairs of words can be found that collide under every seed.
    long left = word ^ seed;
    long right = hash * MULTIPLIER ^ Long.rotateLeft(seed, 32);
    return left * right ^ Math.unsignedMultiplyHigh(left, right);
  }

  private static long lower(long word) {
    long heptets = word & ~HIGH_BITS;
    long upper = ~word & HIGH_BITS & ((heptets + FROM_A) ^ (heptets + PAST_Z));
    return word | (upper >>> 2);
  }

  private static long rest(byte[] bytes, int start, int end) {
    long word = 0;
    for (int i = end - 1; i >= start; i--) {
      word = (word << 8) | (bytes[i] & 0xff);
    }
    return word;
  }
}

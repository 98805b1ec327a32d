package io.leat.proxy.balance;

/** A source of randomness; each event loop has its own, tests pass a seeded one. */
@FunctionalInterface
public interface Draw {

  /** The next 32 random bits. */
  int next();

  /** A uniform index, 0 to {@code bound} - 1. */
  default int below(int bound) {
    return (int) (((next() & 0xffff_ffffL) * bound) >>> 32);
  }

  /** An xorshift generator; not for secrets, not shared between threads. */
  static Draw xorshift(long seed) {
    return new Draw() {
      private long state = seed == 0 ? 0x9e3779b97f4a7c15L : seed;

      @Override
      public int next() {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return (int) (state >>> 32);
      }
    };
  }
}

package io.leat.proxy.telemetry;

/** The source of elapsed time; tests pass one that they move themselves. */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds since an arbitrary origin; never goes backwards. */
  long nanos();

  /** The clock of the JVM. */
  static Ticker system() {
    return System::nanoTime;
  }
}

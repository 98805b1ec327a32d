package io.leat.proxy.upstream;

/** Somebody who is told, on the event loop, that a {@link Deadline} has passed. */
public interface Expiring {

  /**
   * The deadline passed; it is no longer armed.
   *
   * @param nowNanos the time of the tick
   */
  void expired(long nowNanos);
}

package io.leat.proxy.fanout.event;

/** Bytes of a log are no event that {@link EventBytes} wrote. */
public final class CorruptEventException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what is wrong, and where. */
  public CorruptEventException(String message) {
    super(message);
  }
}

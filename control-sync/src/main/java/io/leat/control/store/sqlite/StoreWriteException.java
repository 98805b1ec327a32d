package io.leat.control.store.sqlite;

/** Says that the store could not keep a write; nothing of it is visible. */
public final class StoreWriteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreWriteException(String message, Throwable cause) {
    super(message, cause);
  }
}

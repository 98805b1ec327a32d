package io.leat.control.runtime.process;

/** Takes what a child writes to stdout and stderr; called by one reading thread. */
public interface Output {

  /** Takes the first {@code length} bytes of a buffer that is reused after the call. */
  void accept(byte[] chunk, int length);

  /** No more output follows. */
  void end();
}

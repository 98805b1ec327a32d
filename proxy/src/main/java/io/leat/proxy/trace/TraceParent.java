package io.leat.proxy.trace;

/**
 * The value of {@code traceparent} (W3C Trace Context, section 3.2): {@code
 * version-traceid-parentid-flags}, two, 32, 16 and two lower-case hexadecimal digits.
 */
final class TraceParent {
  /** How long a value of version 00 is. */
  static final int LENGTH = 55;

  private static final int TRACE_ID = 3;
  private static final int PARENT_ID = 36;
  private static final int FLAGS = 53;

  private TraceParent() {}

  /**
   * Whether a value may be passed on. One of a higher version is judged by the part that version 00
   * defines and may be longer.
   */
  static boolean isValid(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length < LENGTH || !isHex(bytes, start, TRACE_ID - 1)) {
      return false;
    }
    boolean isFirstVersion = bytes[start] == '0' && bytes[start + 1] == '0';
    boolean isForbiddenVersion = bytes[start] == 'f' && bytes[start + 1] == 'f';
    if (isForbiddenVersion
        || (length > LENGTH && (isFirstVersion || bytes[start + LENGTH] != '-'))) {
      return false;
    }
    return bytes[start + TRACE_ID - 1] == '-'
        && isId(bytes, start + TRACE_ID, PARENT_ID - 1 - TRACE_ID)
        && bytes[start + PARENT_ID - 1] == '-'
        && isId(bytes, start + PARENT_ID, FLAGS - 1 - PARENT_ID)
        && bytes[start + FLAGS - 1] == '-'
        && isHex(bytes, start + FLAGS, LENGTH - FLAGS);
  }

  private static boolean isId(byte[] bytes, int start, int length) {
    if (!isHex(bytes, start, length)) {
      return false;
    }
    for (int i = start; i < start + length; i++) {
      if (bytes[i] != '0') {
        return true;
      }
    }
    return false;
  }

  private static boolean isHex(byte[] bytes, int start, int length) {
    for (int i = start; i < start + length; i++) {
      byte octet = bytes[i];
      if (!((octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'f'))) {
        return false;
      }
    }
    return true;
  }
}

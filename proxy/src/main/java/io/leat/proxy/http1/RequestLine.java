package io.leat.proxy.http1;

import io.leat.proxy.http.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * The first line of a request (RFC 9112 section 3), as positions in the array of its head.
 *
 * <p>The line begins at 0. Part of {@link RequestHead}, which has the rules that need fields.
 */
final class RequestLine {
  private static final int MAX_METHOD = 64;
  private static final long GET_WORD = word("GET ");
  private static final long PUT_WORD = word("PUT ");
  private static final long GET_BYTES = 0xffff_ffffL;
  private static final long POST_WORD = word("POST ");
  private static final long HEAD_WORD = word("HEAD ");
  private static final long POST_BYTES = 0xff_ffff_ffffL;
  private static final long VERSION = word("HTTP/1.1");
  private static final byte[] CONNECT = Octets.ascii("CONNECT");
  private static final byte[] TRACE = Octets.ascii("TRACE");
  private static final byte[] OPTIONS = Octets.ascii("OPTIONS");

  int methodEnd;
  int targetStart;
  int targetEnd;
  int pathStart;
  int pathEnd;

  /** Host and port of a target in absolute-form. */
  int authorityStart;

  int authorityEnd;
  int minorVersion;

  /** Start of the line after this one. */
  int end;

  boolean absolute;

  /** Whether the target is {@code *}, or an authority alone that means the same. */
  boolean asterisk;

  /** Whether {@link #normalise} has to write another target. */
  boolean abnormal;

  private static long word(String text) {
    return Octets.word(Octets.ascii(text + "\0\0\0\0"), 0);
  }

  /** Returns null when the line is good, else why it is refused. */
  @Nullable Rejection parse(byte[] bytes, boolean secure) {
    Rejection refused = isUsual(Octets.word(bytes, 0)) ? null : parseMethod(bytes);
    if (refused != null) {
      return refused;
    }
    int p = methodEnd;
    asterisk = false;
    absolute = false;
    abnormal = false;
    p = bytes[p + 1] == '*' ? parseAsterisk(bytes, p + 1) : parseTarget(bytes, p + 1, secure);
    return p < 0 || bytes[p] != ' ' ? Rejection.BAD_REQUEST : parseVersion(bytes, p + 1);
  }

  /** Whether a line begins with one of the methods that nearly all requests have. */
  private boolean isUsual(long word) {
    if ((word & GET_BYTES) == GET_WORD || (word & GET_BYTES) == PUT_WORD) {
      methodEnd = 3;
      return true;
    }
    if ((word & POST_BYTES) == POST_WORD || (word & POST_BYTES) == HEAD_WORD) {
      methodEnd = 4;
      return true;
    }
    return false;
  }

  private @Nullable Rejection parseMethod(byte[] bytes) {
    int p = 0;
    while (Octets.lowerToken(bytes[p]) != 0) {
      p++;
    }
    methodEnd = p;
    if (p == 0 || bytes[p] != ' ') {
      return Rejection.BAD_REQUEST;
    }
    if (p > MAX_METHOD) {
      return Rejection.NOT_IMPLEMENTED;
    }
    return isMethod(bytes, CONNECT) || isMethod(bytes, TRACE) ? Rejection.METHOD_NOT_ALLOWED : null;
  }

  boolean isMethod(byte[] bytes, byte[] name) {
    return methodEnd == name.length && Octets.startsWith(bytes, 0, name);
  }

  private int parseAsterisk(byte[] bytes, int start) {
    asterisk = isMethod(bytes, OPTIONS);
    target(start, start + 1, start + 1);
    return asterisk ? start + 1 : -1;
  }

  /** Returns the end of the target, or -1. */
  private int parseTarget(byte[] bytes, int start, boolean secure) {
    int path = start;
    if (bytes[path] != '/') {
      authorityStart = RequestTarget.authorityStart(bytes, start, secure);
      if (authorityStart < 0) {
        return -1;
      }
      absolute = true;
      authorityEnd = RequestTarget.authorityEnd(bytes, authorityStart);
      path = authorityEnd;
    }
    int endOfPath = path;
    if (bytes[path] == '/') {
      long scanned = RequestTarget.scanPath(bytes, path);
      if (scanned < 0) {
        return -1;
      }
      abnormal = (scanned & RequestTarget.ABNORMAL) != 0;
      endOfPath = (int) scanned;
    } else {
      // RFC 9112 section 3.2.4: an authority alone means the server, not its root.
      asterisk = isMethod(bytes, OPTIONS) && bytes[path] == ' ';
      abnormal = true;
    }
    int stop = bytes[endOfPath] == '?' ? RequestTarget.queryEnd(bytes, endOfPath) : endOfPath;
    target(path, endOfPath, stop);
    return stop;
  }

  private void target(int start, int endOfPath, int stop) {
    pathStart = start;
    pathEnd = endOfPath;
    targetStart = start;
    targetEnd = stop;
  }

  private @Nullable Rejection parseVersion(byte[] b, int p) {
    if (Octets.word(b, p) == VERSION && b[p + 8] == Octets.CR && b[p + 9] == Octets.LF) {
      end = p + 10;
      minorVersion = 1;
      return null;
    }
    return parseOddVersion(b, p);
  }

  private @Nullable Rejection parseOddVersion(byte[] b, int p) {
    boolean good =
        b[p] == 'H'
            && b[p + 1] == 'T'
            && b[p + 2] == 'T'
            && b[p + 3] == 'P'
            && b[p + 4] == '/'
            && Octets.isDigit(b[p + 5])
            && b[p + 6] == '.'
            && Octets.isDigit(b[p + 7])
            && b[p + 8] == Octets.CR
            && b[p + 9] == Octets.LF;
    if (!good) {
      return Rejection.BAD_REQUEST;
    }
    end = p + 10;
    minorVersion = b[p + 7] == '0' ? 0 : 1;
    return b[p + 5] == '1' ? null : Rejection.VERSION_NOT_SUPPORTED;
  }

  /** Writes the target in normal form at a position, where there is room for a byte more. */
  void normalise(byte[] bytes, int to) {
    if (asterisk) {
      bytes[to] = '*';
      target(to, to + 1, to + 1);
      return;
    }
    int stop = RequestTarget.normalise(bytes, pathStart, pathEnd, to);
    int query = targetEnd - pathEnd;
    System.arraycopy(bytes, pathEnd, bytes, stop, query);
    target(to, stop, stop + query);
  }
}

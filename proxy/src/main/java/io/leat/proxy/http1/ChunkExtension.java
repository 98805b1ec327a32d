package io.leat.proxy.http1;

/**
 * The grammar of chunk extensions (RFC 9112 section 7.1.1), octet by octet and to the letter: each
 * leniency here has hidden a second size line from some decoder.
 */
final class ChunkExtension {
  private boolean quoted;
  private boolean escaped;
  private boolean blank;
  private boolean assigned;

  /** The last octet that was neither blank nor quoted. */
  private int last;

  /** Begins the extensions of one chunk; the first octet is the semicolon. */
  void start() {
    quoted = false;
    escaped = false;
    blank = false;
    assigned = false;
    last = '0';
  }

  /** Whether the octet may follow; a CR may when the extensions are complete. */
  boolean accept(int c) {
    if (quoted) {
      return quotedOctet(c);
    }
    if (c == ' ' || c == '\t') {
      blank = true;
      return true;
    }
    boolean good =
        switch (c) {
          case ';' -> complete();
          case '\r' -> complete() && !blank;
          case '=' -> complete() && last != '"' && !assigned;
          case '"' -> last == '=';
          default ->
              Octets.lowerToken((byte) c) != 0
                  && last != '"'
                  && (!blank || last == ';' || last == '=');
        };
    assigned = c == '=' || (assigned && c != ';');
    quoted = c == '"';
    blank = false;
    last = c;
    return good;
  }

  private boolean complete() {
    return last != ';' && last != '=';
  }

  private boolean quotedOctet(int c) {
    if (escaped) {
      escaped = false;
    } else if (c == '"') {
      quoted = false;
    } else {
      escaped = c == '\\';
    }
    boolean control = (c >= 0 && c < ' ' && c != '\t') || c == 0x7f;
    return !control;
  }
}

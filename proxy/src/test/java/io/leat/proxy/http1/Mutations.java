package io.leat.proxy.http1;

import java.util.SplittableRandom;

/** Makes odd messages from good ones: a seeded generator, the same for the same seed. */
public final class Mutations {
  private static final String[] LINES = {
    "GET / HTTP/1.1",
    "POST /a/../b?c=d HTTP/1.1",
    "PUT http://b.example:81//x%2e/y HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "OPTIONS http://h HTTP/1.1",
    "GET /x HTTP/1.0",
    "HEAD http://b?q HTTP/1.2",
    "DELETE /%2e%2e/a%2fb HTTP/1.1"
  };
  private static final String[] FIELDS = {
    "Host: a.example",
    "Host: [::1]:80",
    "Content-Length: 5",
    "Content-Length: 05",
    "Content-Length: 0",
    "Transfer-Encoding: chunked",
    "transfer-encoding:chunked ",
    "Connection: close, x-hop",
    "Connection: upgrade, TE",
    "Connection: keep-alive",
    "X-Hop: 1",
    "TE: trailers",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "Expect: 100-continue",
    "Foo_Bar: 1",
    "Accept: */*",
    "User-Agent: m/1.0 (x)",
    "X-Forwarded-For: 1.2.3.4",
    "Forwarded: for=1.2.3.4",
    "K-Probe: x",
    "Via: 1.1 leat-1",
    "Cookie: a=b; c=\u00e9",
    "Keep-Alive: 5",
    "Proxy-Connection: x",
    "Trailer: x-sum"
  };
  private static final String[] BODIES = {
    "5\r\nhello\r\n0\r\n\r\n",
    "05;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\nHost: x\r\n\r\n",
    "A;q=\"\\\"x\"\r\n0123456789\r\n00\r\n\r\n",
    "1\r\na\r\n2\r\nbc\r\n0;x\r\ncontent-length: 4\r\nx-y:z\r\n\r\n"
  };
  private static final String ODD =
      "\r\n\r\n :;,\t\"\\/.%#?@_-+0159aAfFxX\0\u0001\u000b\f\u007f\u0080\u00a0\u00ff";

  private final SplittableRandom random;

  /** Starts from a seed. */
  public Mutations(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A head that is often good. */
  public String head() {
    var head = new StringBuilder(pick(LINES)).append("\r\n");
    if (random.nextInt(8) > 0) {
      head.append(FIELDS[0]).append("\r\n");
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      head.append(pick(FIELDS)).append("\r\n");
    }
    return mutate(head.append("\r\n"));
  }

  /** A chunked body that is often good. */
  public String body() {
    return mutate(new StringBuilder(pick(BODIES)));
  }

  /** A number from 0 up to a bound, exclusive. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private String mutate(StringBuilder text) {
    for (int i = Math.max(0, random.nextInt(5) - 2); i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      char odd = ODD.charAt(random.nextInt(ODD.length()));
      switch (random.nextInt(6)) {
        case 0 -> text.insert(at, odd);
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.setCharAt(at, odd);
        case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + below(12))));
        case 4 -> text.setCharAt(at, (char) (text.charAt(at) ^ 1 << random.nextInt(8)));
        default -> text.setCharAt(at, text.charAt(random.nextInt(text.length())));
      }
    }
    return text.toString();
  }
}

package io.leat.proxy.soak;

import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;

/**
 * An endpoint that gives as many bytes as the path says, and for a body tells how many came. Odd
 * sizes come chunked.
 */
final class SoakOrigin {
  private static final int PIECE = 10_000;

  private SoakOrigin() {}

  static TestOrigin start() throws IOException {
    return TestOrigin.playing(SoakOrigin::serve);
  }

  private static void serve(Wire wire) throws IOException {
    String head;
    while ((head = wire.readHead()) != null) {
      if (head.startsWith("GET /")) {
        give(wire, Integer.parseInt(head.substring("GET /".length(), head.indexOf(" HTTP/"))));
      } else {
        String count = Integer.toString(wire.body(head).length());
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + count.length() + "\r\n\r\n" + count);
      }
    }
  }

  private static void give(Wire wire, int size) throws IOException {
    boolean chunked = size % 2 == 1;
    wire.send(
        "HTTP/1.1 200 OK\r\n"
            + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + size)
            + "\r\n\r\n");
    for (int left = size; left > 0; left -= PIECE) {
      String piece = "x".repeat(Math.min(left, PIECE));
      wire.send(chunked ? Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n" : piece);
    }
    if (chunked) {
      wire.send("0\r\n\r\n");
    }
  }
}

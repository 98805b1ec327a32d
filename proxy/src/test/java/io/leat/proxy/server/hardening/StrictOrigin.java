package io.leat.proxy.server.hardening;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.testing.StrictRequest;
import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An endpoint that answers each request which it could read strictly, and complains of others. */
final class StrictOrigin implements AutoCloseable {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nX-Strict: 1\r\nContent-Length: 0\r\n\r\n";

  private final Queue<StrictRequest> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Queue<String> unfinished = new ConcurrentLinkedQueue<>();
  private final TestOrigin origin = TestOrigin.playing(this::play);

  StrictOrigin() throws IOException {}

  int port() {
    return origin.port();
  }

  private void play(Wire wire) throws IOException {
    byte[] bytes = new byte[65536];
    String received = "";
    for (int n = wire.in().read(bytes); n >= 0; n = wire.in().read(bytes)) {
      received += new String(bytes, 0, n, ISO_8859_1);
      try {
        StrictRequest request = StrictRequest.read(received, 0);
        while (request != null) {
          requests.add(request);
          received = received.substring(request.end());
          wire.send(ANSWER);
          request = StrictRequest.read(received, 0);
        }
      } catch (StrictRequest.Malformed malformed) {
        complaints.add(malformed.getMessage() + " in " + received);
        return;
      }
    }
    noteUnfinished(received);
  }

  /** A request that never came to its end is none, but its head must be a whole and honest one. */
  private void noteUnfinished(String received) {
    int head = received.indexOf("\r\n\r\n");
    if (head >= 0) {
      unfinished.add(received.substring(0, head + 4));
    } else if (!received.isEmpty()) {
      complaints.add("ended in the head: " + received);
    }
  }

  /** The requests since this was last asked. */
  List<StrictRequest> drain() {
    List<StrictRequest> drained = new ArrayList<>();
    for (StrictRequest next = requests.poll(); next != null; next = requests.poll()) {
      drained.add(next);
    }
    return drained;
  }

  /** Heads of requests whose body broke off, since this was last asked. */
  List<String> drainUnfinished() {
    List<String> drained = new ArrayList<>();
    for (String next = unfinished.poll(); next != null; next = unfinished.poll()) {
      drained.add(next);
    }
    return drained;
  }

  /** What could not be read. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() throws IOException {
    origin.close();
  }
}

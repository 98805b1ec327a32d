package io.leat.control.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * Hands out free TCP ports, never one that an instance has now or had a moment ago: a table that
 * still names the old instance must not reach another one. Any thread may call.
 */
final class Ports {

  private static final int RESTING = 64;
  private static final int ATTEMPTS = 256;

  private final Set<Integer> taken = new HashSet<>();
  private final ArrayDeque<Integer> resting = new ArrayDeque<>();

  /** A port that was free on every local address a moment ago. */
  synchronized int take() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(0));
        int port = socket.getLocalPort();
        if (taken.add(port)) {
          return port;
        }
      }
    }
    throw new IOException("no free TCP port in " + ATTEMPTS + " attempts");
  }

  /** Gives a port back; it rests until 64 others were given back. */
  synchronized void release(int port) {
    resting.addLast(port);
    if (resting.size() > RESTING) {
      taken.remove(resting.removeFirst());
    }
  }
}

package io.leat.control.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.leat.control.scenario.EventReceiver.Got;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** Events sent over keep-alive connections until it is stopped or the other side is gone. */
final class ChannelLoad {
  private static final int LARGEST = 2_000;

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Queue<String> refused = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final List<Thread> clients = new ArrayList<>();

  /** Begins; ids start with a prefix that no other load has. */
  ChannelLoad(int port, String host, int connections, String prefix) {
    for (int i = 0; i < connections; i++) {
      String of = prefix + "-" + i + "-";
      clients.add(Thread.ofVirtual().start(() -> run(port, host, of)));
    }
  }

  private void run(int port, String host, String prefix) {
    try (KeepAliveClient client = new KeepAliveClient(port)) {
      for (int i = 0; running.get(); i++) {
        String id = prefix + i;
        KeepAliveClient.Answer answer = client.event(host, id, data(id));
        if (answer.status() == 202) {
          acknowledged.add(id);
        } else {
          refused.add(answer.toString());
        }
      }
    } catch (IOException killed) {
      // The other side is meant to die.
      running.set(false);
    }
  }

  /** The data of an event: it can be told from its id, and its last bytes occur nowhere else. */
  static byte[] data(String id) {
    Random random = new Random(id.hashCode());
    byte[] bytes = new byte[random.nextInt(LARGEST)];
    random.nextBytes(bytes);
    byte[] end = end(id).getBytes(US_ASCII);
    byte[] data = Arrays.copyOf(bytes, bytes.length + end.length);
    System.arraycopy(end, 0, data, bytes.length, end.length);
    return data;
  }

  /** The last bytes of the data of an event. */
  static String end(String id) {
    return "<" + id + ">";
  }

  /** Whether an event is what was sent under its id. */
  static boolean intact(Got event) {
    return Arrays.equals(event.body(), data(event.id()))
        && "/test".equals(event.headers().get("ce-source"))
        && "test.event".equals(event.headers().get("ce-type"));
  }

  /** The ids that were answered with 202. */
  Set<String> acknowledged() {
    return acknowledged;
  }

  /** Every other answer. */
  Queue<String> refused() {
    return refused;
  }

  /** Ends after the answers that are due, if they come. */
  ChannelLoad stop() {
    running.set(false);
    return ended();
  }

  /** Waits until every connection is at its end. */
  ChannelLoad ended() {
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return this;
  }
}

package io.leat.control.scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Load over keep-alive connections that notes whatever is not a 200. */
final class Load implements AutoCloseable {
  private final String host;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final LongAdder served = new LongAdder();
  private final List<Thread> clients = new ArrayList<>();

  Load(int port, String host, int connections) {
    this.host = host;
    for (int i = 0; i < connections; i++) {
      clients.add(Thread.ofVirtual().start(() -> run(port)));
    }
  }

  private void run(int port) {
    try (KeepAliveClient client = new KeepAliveClient(port)) {
      while (running.get()) {
        KeepAliveClient.Answer answer = client.get(host, "/");
        served.increment();
        if (answer.status() != 200) {
          failures.add(answer.toString());
        }
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }

  Queue<String> failures() {
    return failures;
  }

  long served() {
    return served.sum();
  }

  void stop() {
    running.set(false);
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}

package io.leat.proxy.soak;

import io.leat.proxy.testing.TestClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients of every kind on real sockets, from {@link #start} until {@link #stop}: each is a virtual
 * thread that sends as fast as it is answered. Answered requests and what went wrong are counted
 * for all together.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
final class SoakClients {
  private static final int PER_CONNECTION = 200;
  private static final int OF_EACH_KIND = 2;
  private static final int LARGE = 500_000;
  private static final long STOP_SECONDS = 60;

  /** Those who leave are answered by nobody: without a pause they would be most of the load. */
  private static final long LEAVE_NANOS = 5_000_000;

  /** What a client does on a new connection. */
  @FunctionalInterface
  private interface Kind {
    void play(TestClient client, SplittableRandom random) throws IOException;
  }

  private final int port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong aborted = new AtomicLong();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  SoakClients(int port) {
    this.port = port;
  }

  void start(SplittableRandom random) {
    List<Kind> kinds =
        List.of(
            this::small,
            this::small,
            this::mixed,
            this::bodies,
            this::chunked,
            this::pipelined,
            this::slowReader,
            this::slowSender,
            this::leavesInAnswer,
            this::leavesInBody,
            this::leavesInHead);
    for (Kind kind : kinds) {
      for (int i = 0; i < OF_EACH_KIND; i++) {
        SplittableRandom own = random.split();
        running.add(threads.submit(() -> connectAgainAndAgain(kind, own)));
      }
    }
  }

  /** Lets every client finish what it does. */
  void stop() throws Exception {
    over = true;
    for (Future<?> each : running) {
      each.get(STOP_SECONDS, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  long answered() {
    return answered.get();
  }

  long aborted() {
    return aborted.get();
  }

  /** What no client provoked. */
  Queue<String> errors() {
    return errors;
  }

  private void connectAgainAndAgain(Kind kind, SplittableRandom random) {
    while (!over) {
      try (TestClient client = TestClient.connect(port)) {
        kind.play(client, random);
      } catch (IOException | RuntimeException e) {
        errors.add(e.toString());
        return;
      }
    }
  }

  private void expect(TestClient client, String body) throws IOException {
    TestClient.Answer answer = client.answer();
    if (answer.status() != 200 || !answer.body().equals(body)) {
      errors.add(answer.head() + answer.body().length() + " bytes");
    }
    answered.incrementAndGet();
  }

  private static String get(int size) {
    return "GET /" + size + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
  }

  private static String post(int size) {
    return "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + size + "\r\n\r\n";
  }

  private void gets(TestClient client, SplittableRandom random, int bound) throws IOException {
    for (int i = 0; i < PER_CONNECTION && !over; i++) {
      int size = random.nextInt(bound);
      client.send(get(size));
      expect(client, "x".repeat(size));
    }
  }

  private void small(TestClient client, SplittableRandom random) throws IOException {
    gets(client, random, 100);
  }

  private void mixed(TestClient client, SplittableRandom random) throws IOException {
    gets(client, random, 200_000);
  }

  private void bodies(TestClient client, SplittableRandom random) throws IOException {
    for (int i = 0; i < PER_CONNECTION && !over; i++) {
      int size = random.nextInt(100_000);
      client.send(post(size) + "b".repeat(size));
      expect(client, Integer.toString(size));
    }
  }

  private void chunked(TestClient client, SplittableRandom random) throws IOException {
    for (int i = 0; i < PER_CONNECTION && !over; i++) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      int total = 0;
      for (int chunks = random.nextInt(8); chunks > 0; chunks--) {
        int size = 1 + random.nextInt(10_000);
        total += size;
        client.send(Integer.toHexString(size) + "\r\n" + "c".repeat(size) + "\r\n");
      }
      client.send("0\r\n\r\n");
      expect(client, Integer.toString(total));
    }
  }

  private void pipelined(TestClient client, SplittableRandom random) throws IOException {
    for (int i = 0; i < PER_CONNECTION / 5 && !over; i++) {
      int size = random.nextInt(1000);
      client.send(get(size).repeat(5));
      for (int k = 0; k < 5; k++) {
        expect(client, "x".repeat(size));
      }
    }
  }

  private void slowReader(TestClient client, SplittableRandom random) throws IOException {
    client.send("GET /" + LARGE + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    String head = client.head();
    int read = 0;
    for (int n = 0; n >= 0; n = client.in().readNBytes(random.nextInt(1, 20_000)).length) {
      if (n == 0 && read > 0) {
        break;
      }
      read += n;
      LockSupport.parkNanos(500_000);
    }
    if (read != LARGE) {
      errors.add(head + "slow reader got " + read);
    }
    answered.incrementAndGet();
  }

  private void slowSender(TestClient client, SplittableRandom random) throws IOException {
    int pieces = 1 + random.nextInt(20);
    client.send(post(100 * pieces));
    for (int i = 0; i < pieces; i++) {
      LockSupport.parkNanos(2_000_000);
      client.send("s".repeat(100));
    }
    expect(client, Integer.toString(100 * pieces));
  }

  private void leavesInAnswer(TestClient client, SplittableRandom random) throws IOException {
    client.send(get(LARGE));
    client.read(random.nextInt(100_000));
    leave(client, random);
  }

  private void leavesInBody(TestClient client, SplittableRandom random) throws IOException {
    client.send(post(LARGE) + "l".repeat(random.nextInt(LARGE / 2)));
    leave(client, random);
  }

  private void leavesInHead(TestClient client, SplittableRandom random) throws IOException {
    client.send(get(1).substring(0, random.nextInt(get(1).length())));
    leave(client, random);
  }

  private void leave(TestClient client, SplittableRandom random) throws IOException {
    aborted.incrementAndGet();
    LockSupport.parkNanos(LEAVE_NANOS);
    if (random.nextBoolean()) {
      client.reset();
    }
  }
}

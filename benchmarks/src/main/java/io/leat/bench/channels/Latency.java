package io.leat.bench.channels;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The time from the 202 of an event to its delivery, at a fixed rate: one thread sends on a
 * schedule and is the subscriber as well, so both times are of one clock.
 */
final class Latency {
  private static final int CONNECTIONS = 32;
  private static final int WARM_SECONDS = 5;
  private static final int SECONDS = 15;
  static final int ID_DIGITS = 9;
  private static final byte[] ACCEPTED =
      "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Path dir;
  private final int bytes;
  private final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
  private final Deque<Line> free = new ArrayDeque<>();
  private long[] acceptedAt = {};
  private long[] deliveredAt = {};
  private long accepted;
  private long delivered;
  private long warmUp;
  private @Nullable IOException broken;

  /** One connection: of the sender, or from Leat to the subscriber. */
  private static final class Line {
    final SocketChannel channel;
    final boolean sends;
    final ByteBuffer in = ByteBuffer.allocate(256 * 1024);
    int number;

    Line(SocketChannel channel, boolean sends) {
      this.channel = channel;
      this.sends = sends;
    }
  }

  Latency(Path dir, int bytes) {
    this.dir = dir;
    this.bytes = bytes;
  }

  void run(int rate) throws IOException, InterruptedException {
    int total = rate * (WARM_SECONDS + SECONDS);
    warmUp = (long) rate * WARM_SECONDS;
    acceptedAt = new long[total];
    deliveredAt = new long[total];
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
      int sink = ((InetSocketAddress) server.getLocalAddress()).getPort();
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      String manifests =
          Manifests.channel("late", "").substring("---\n".length())
              + Manifests.subscription("late", 0);
      try (Stage stage = new Stage(dir, "512m", sink, manifests)) {
        Thread ready = Thread.ofVirtual().start(() -> awaitChannel(stage));
        while (ready.isAlive()) {
          selector.select(key -> handle(selector, key), 10);
        }
        for (int i = 0; i < CONNECTIONS; i++) {
          connect(selector, stage.port());
        }
        send(selector, rate, total);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "202 to delivery at %d events/s: p50 %.2f ms, p99 %.2f ms, max %.2f ms (bar: p99 5 ms), of"
            + " %d%n",
        rate,
        latency.getValueAtPercentile(50) / 1e6,
        latency.getValueAtPercentile(99) / 1e6,
        latency.getMaxValue() / 1e6,
        latency.getTotalCount());
  }

  private void awaitChannel(Stage stage) {
    try {
      stage.awaitChannel("late.default.channels.localhost");
    } catch (IOException e) {
      broken = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connect(Selector selector, int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    register(selector, channel, true);
  }

  private void register(Selector selector, SocketChannel channel, boolean sends)
      throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Line line = new Line(channel, sends);
    channel.register(selector, SelectionKey.OP_READ, line);
    if (sends) {
      free.add(line);
    }
  }

  private void send(Selector selector, int rate, int total) throws IOException {
    byte[] template =
        Events.request("late.default.channels.localhost", "0".repeat(ID_DIGITS), bytes);
    int idAt = new String(template, StandardCharsets.US_ASCII).indexOf("ce-id: ") + 7;
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(WARM_SECONDS + SECONDS + 30);
    int sent = 0;
    // The last events may be delivered before their 202 is read.
    while (Math.min(delivered, accepted) < total && System.nanoTime() < end) {
      while (sent < total
          && !free.isEmpty()
          && System.nanoTime() - start >= sent * 1_000_000_000L / rate) {
        Line line = free.removeFirst();
        line.number = sent;
        number(template, idAt, sent++);
        if (line.channel.write(ByteBuffer.wrap(template)) < template.length) {
          throw new IOException("the socket takes no event");
        }
      }
      if (selector.selectNow(key -> handle(selector, key)) == 0) {
        LockSupport.parkNanos(50_000);
      }
      if (broken != null) {
        throw broken;
      }
    }
    if (delivered < total || accepted < total) {
      throw new IOException(accepted + " accepted and " + delivered + " delivered of " + total);
    }
  }

  static void number(byte[] template, int at, int number) {
    int rest = number;
    for (int i = at + ID_DIGITS - 1; i >= at; i--) {
      template[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private void handle(Selector selector, SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        register(selector, ((ServerSocketChannel) key.channel()).accept(), false);
      } else {
        read((Line) key.attachment());
      }
    } catch (IOException e) {
      broken = e;
    }
  }

  private void read(Line line) throws IOException {
    if (line.channel.read(line.in) < 0) {
      line.channel.close();
      if (line.sends) {
        throw new IOException("Leat closed a connection");
      }
      return;
    }
    line.in.flip();
    while (line.sends ? answer(line) : event(line)) {
      // As many as have come.
    }
    line.in.compact();
  }

  private boolean answer(Line line) throws IOException {
    int end = message(line.in);
    if (end < 0) {
      return false;
    }
    if (line.in.get(line.in.position() + 9) != '2') {
      throw new IOException("an event was refused");
    }
    line.in.position(end);
    accepted++;
    settle(line.number, acceptedAt);
    free.addLast(line);
    return true;
  }

  private boolean event(Line line) throws IOException {
    int from = line.in.position();
    int end = message(line.in);
    if (end < 0) {
      return false;
    }
    String head =
        new String(line.in.array(), from, Math.min(end - from, 1024), StandardCharsets.US_ASCII);
    int at = head.toLowerCase(Locale.ROOT).indexOf("\r\nce-id: ") + 9;
    String id = head.substring(at, head.indexOf('\r', at));
    line.in.position(end);
    line.channel.write(ByteBuffer.wrap(ACCEPTED));
    if (id.length() == ID_DIGITS) {
      delivered++;
      settle(Integer.parseInt(id), deliveredAt);
    }
    return true;
  }

  /** An event may be delivered before its 202 was read: that counts as no time at all. */
  private void settle(int number, long[] times) {
    times[number] = System.nanoTime();
    if (acceptedAt[number] != 0 && deliveredAt[number] != 0 && number >= warmUp) {
      latency.recordValue(Math.max(0, deliveredAt[number] - acceptedAt[number]));
    }
  }

  /** The end of the first message in a buffer, -1 while it is not whole. */
  // The buffers are those that lines allocate: arrays from their beginning.
  @SuppressWarnings("ByteBufferBackingArray")
  static int message(ByteBuffer in) {
    byte[] array = in.array();
    for (int i = in.position() + 3; i < in.limit(); i++) {
      if (array[i] == '\n' && array[i - 1] == '\r' && array[i - 2] == '\n') {
        String head =
            new String(array, in.position(), i - in.position(), StandardCharsets.US_ASCII)
                .toLowerCase(Locale.ROOT);
        int field = head.indexOf("\r\ncontent-length: ");
        int length =
            field < 0
                ? 0
                : Integer.parseInt(head.substring(field + 18, head.indexOf('\r', field + 2)));
        int end = i + 1 + length;
        return end <= in.limit() ? end : -1;
      }
    }
    return -1;
  }
}

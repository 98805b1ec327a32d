package io.leat.bench.openload;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * An open-loop load generator on one thread: request {@code n} is due at {@code n / rate} whatever
 * the answers before it do, and its latency counts from that moment, so that a stall shows in every
 * request it delayed.
 *
 * <p>Runs as a process of its own: {@code OpenLoad HOST PORT BYTES CONNECTIONS RATE WARM_UP_S
 * SECONDS}; prints one line of {@code name=value}, latencies in microseconds.
 */
public final class OpenLoad {
  private static final long GRACE = TimeUnit.SECONDS.toNanos(5);

  private final ByteBuffer request;
  private final int rate;
  private final int bytes;
  private final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
  private final Histogram lag = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
  private final List<Line> lines = new ArrayList<>();
  private final Deque<Line> free = new ArrayDeque<>();
  private long start;
  private long total;
  private long sent;
  private long answered;
  private long notOk;
  private int usualHead;
  private @Nullable IOException broken;

  /** One keep-alive connection with at most one request under way. */
  private static final class Line {
    final SocketChannel channel;
    final ByteBuffer in;
    long number;

    Line(SocketChannel channel, int bytes) {
      this.channel = channel;
      this.in = ByteBuffer.allocateDirect(bytes + 16_384);
    }
  }

  private OpenLoad(String host, int bytes, int rate) {
    byte[] head =
        ("GET /" + bytes + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    request = ByteBuffer.allocateDirect(head.length).put(head);
    this.rate = rate;
    this.bytes = bytes;
  }

  /** Runs once; a connection that ends or an answer that is no HTTP ends it with an exception. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[1]);
    int bytes = Integer.parseInt(arguments[2]);
    int rate = Integer.parseInt(arguments[4]);
    OpenLoad load = new OpenLoad(arguments[0], bytes, rate);
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
        load.connect(selector, port, bytes);
      }
      try {
        sharpenTimer();
        load.run(selector, (long) rate * Integer.parseInt(arguments[5]));
        if (load.answered < load.total) {
          throw new IOException("cannot keep up with " + rate + " requests/s while it warms up");
        }
        load.run(selector, (long) rate * Integer.parseInt(arguments[6]));
      } finally {
        for (Line line : load.lines) {
          line.channel.close();
        }
      }
    }
    load.print();
  }

  private void connect(Selector selector, int port, int bytes) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Line line = new Line(channel, bytes);
    channel.register(selector, SelectionKey.OP_READ, line);
    lines.add(line);
    free.add(line);
  }

  // Every run has a schedule and counts of its own: what the warm-up left undone must not show.
  private void run(Selector selector, long requests) throws IOException {
    total = requests;
    sent = 0;
    answered = 0;
    notOk = 0;
    latency.reset();
    lag.reset();
    start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
    long end = start + due(total) + GRACE;
    while (answered < total && System.nanoTime() < end) {
      sendDue();
      // Nothing can be sent before an answer comes: wait for one.
      boolean stuck = free.isEmpty() || sent == total;
      int ready = stuck ? selector.select(this::receive, 1) : selector.selectNow(this::receive);
      if (ready == 0 && !stuck) {
        // Never spins: the origin shares this processor. Looks for answers 20 times per ms.
        LockSupport.parkNanos(Math.min(start + due(sent) - System.nanoTime(), 50_000));
      }
      if (broken != null) {
        throw broken;
      }
    }
  }

  // A thread that waits wakes up to 50 µs late by default, as long as the time between two
  // requests.
  private static void sharpenTimer() throws IOException {
    Path slack = Path.of("/proc/self/timerslack_ns");
    Path own = Path.of("/proc/thread-self");
    if (Files.exists(own)) {
      slack = Path.of("/proc").resolve(own.toRealPath().getFileName()).resolve("timerslack_ns");
    }
    if (Files.isWritable(slack)) {
      Files.writeString(slack, "1000");
    }
  }

  private long due(long number) {
    return number / rate * 1_000_000_000L + number % rate * 1_000_000_000L / rate;
  }

  private void sendDue() throws IOException {
    while (sent < total && !free.isEmpty()) {
      long late = System.nanoTime() - start - due(sent);
      if (late < 0) {
        return;
      }
      Line line = free.removeFirst();
      line.number = sent++;
      lag.recordValue(late);
      request.flip();
      line.channel.write(request);
      if (request.hasRemaining()) {
        throw new IOException("the socket takes no request");
      }
    }
  }

  private void receive(SelectionKey key) {
    try {
      receive((Line) key.attachment());
    } catch (IOException e) {
      broken = e;
    }
  }

  private void receive(Line line) throws IOException {
    if (line.channel.read(line.in) < 0) {
      throw new IOException("connection closed after " + answered + " answers");
    }
    int head = headLength(line.in);
    boolean ok = head > 0 && line.in.get(9) == '2';
    if (head < 0 || line.in.position() < head + (ok ? bytes : contentLength(line.in, head))) {
      if (!line.in.hasRemaining()) {
        throw new IOException("answer longer than asked for");
      }
      return;
    }
    latency.recordValue(Math.max(0, System.nanoTime() - start - due(line.number)));
    if (!ok) {
      notOk++;
    }
    answered++;
    line.in.clear();
    free.addLast(line);
  }

  // Heads of one proxy are nearly always equally long: look there before searching.
  private int headLength(ByteBuffer in) {
    if (usualHead > 0 && in.position() >= usualHead && endsHead(in, usualHead - 1)) {
      return usualHead;
    }
    for (int i = 3; i < in.position(); i++) {
      if (endsHead(in, i)) {
        usualHead = i + 1;
        return usualHead;
      }
    }
    return -1;
  }

  private static boolean endsHead(ByteBuffer in, int last) {
    return in.get(last) == '\n'
        && in.get(last - 1) == '\r'
        && in.get(last - 2) == '\n'
        && in.get(last - 3) == '\r';
  }

  private static int contentLength(ByteBuffer in, int head) throws IOException {
    String name = "\ncontent-length:";
    for (int i = 0; i + name.length() < head; i++) {
      int at = 0;
      while (at < name.length() && lower(in.get(i + at)) == name.charAt(at)) {
        at++;
      }
      if (at == name.length()) {
        int value = 0;
        for (int j = i + at; in.get(j) != '\r'; j++) {
          value = in.get(j) == ' ' ? value : value * 10 + in.get(j) - '0';
        }
        return value;
      }
    }
    throw new IOException("an answer without Content-Length");
  }

  private static int lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
  }

  private void print() {
    System.out.println(
        "p50=%.1f p99=%.1f p999=%.1f max=%.1f lag99=%.1f unanswered=%d notok=%d"
            .formatted(
                latency.getValueAtPercentile(50) / 1_000.0,
                latency.getValueAtPercentile(99) / 1_000.0,
                latency.getValueAtPercentile(99.9) / 1_000.0,
                latency.getMaxValue() / 1_000.0,
                lag.getValueAtPercentile(99) / 1_000.0,
                total - answered,
                notOk));
  }
}

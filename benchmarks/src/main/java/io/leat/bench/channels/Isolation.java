package io.leat.bench.channels;

import io.leat.bench.channels.Subscribers.Manner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Ten subscribers of one Channel at a fixed rate, in turns: all ten accept, and one hangs, one
 * answers 500 and one resets its connections. Tells the time from the 202 to the delivery at the
 * seven others, and whether all ten got every event in the end.
 *
 * <p>One thread sends and is the seven, so that both times are of one clock; another one is the
 * three. Arguments: {@code [--rounds=N] [--seconds=N] [--rate=N] [--bytes=N]}.
 */
final class Isolation {
  private static final String HOST = "ten.default.channels.localhost";
  private static final int CONNECTIONS = 32;
  private static final int GOOD = 7;
  private static final List<Manner> BAD = List.of(Manner.HANGS, Manner.FAILS, Manner.RESETS);
  private static final int WARM_SECONDS = 10;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Path dir;
  private final int rounds;
  private final int seconds;
  private final int rate;
  private final int bytes;
  private final Deque<Line> free = new ArrayDeque<>();
  private final long[] acceptedAt;
  private final Histogram[] turns = {histogram(), histogram()};
  private @Nullable Histogram into;
  private volatile @Nullable Throwable broken;
  private int sent;

  /** One connection of the sender. */
  private static final class Line {
    final SocketChannel channel;
    final ByteBuffer in = ByteBuffer.allocate(4096);
    int number;

    Line(SocketChannel channel) {
      this.channel = channel;
    }
  }

  Isolation(Path dir, List<String> arguments) {
    this.dir = dir;
    rounds = ChannelLoad.option(arguments, "rounds", 3);
    seconds = ChannelLoad.option(arguments, "seconds", 20);
    rate = ChannelLoad.option(arguments, "rate", 300);
    bytes = ChannelLoad.option(arguments, "bytes", 1024);
    acceptedAt = new long[rate * (WARM_SECONDS + 2 * rounds * seconds)];
  }

  private static Histogram histogram() {
    return new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
  }

  void run() throws IOException, InterruptedException {
    try (Selector selector = Selector.open();
        Subscribers good = new Subscribers(GOOD, this::delivered);
        Subscribers bad = new Subscribers(BAD.size(), _ -> {});
        Stage stage = new Stage(dir, "512m", 1, manifests(good, bad))) {
      Thread others = Thread.ofPlatform().daemon().name("bad").start(() -> serve(bad));
      Thread ready = Thread.ofVirtual().start(() -> await(stage));
      while (ready.isAlive()) {
        good.turn(10);
      }
      for (int i = 0; i < CONNECTIONS; i++) {
        connect(selector, stage.port());
      }
      send(selector, good, WARM_SECONDS);
      settle(good, bad);
      System.out.printf(
          "%-6s %-10s %9s %9s %9s  p50, p99 and max in ms%n", "round", "turn", "", "", "");
      for (int round = 1; round <= rounds; round++) {
        turn(selector, good, bad, round, false);
        turn(selector, good, bad, round, true);
      }
      settle(good, bad);
      others.interrupt();
      others.join();
      report(good, bad);
    }
  }

  private static String manifests(Subscribers good, Subscribers bad) {
    StringBuilder all = new StringBuilder(Manifests.channel("ten", "").substring("---\n".length()));
    int number = 0;
    for (Subscribers some : List.of(good, bad)) {
      for (Subscribers.One each : some.all()) {
        all.append(
            Manifests.subscription("ten", number++).replace("SINK", Integer.toString(each.port)));
        all.append(
            "  delivery: {retry: 20, backoffPolicy: exponential, backoffDelay: PT0.2S, timeout:"
                + " PT1S}\n");
      }
    }
    return all.toString();
  }

  private void await(Stage stage) {
    try {
      stage.awaitChannel(HOST);
    } catch (IOException e) {
      broken = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Subscribers bad) {
    try {
      while (!Thread.interrupted()) {
        bad.turn(100);
      }
    } catch (IOException | UncheckedIOException e) {
      broken = e;
    }
  }

  private void turn(
      Selector selector, Subscribers good, Subscribers bad, int round, boolean disturbed)
      throws IOException {
    for (int i = 0; i < BAD.size(); i++) {
      bad.all().get(i).manner = disturbed ? BAD.get(i) : Manner.ACCEPTS;
    }
    Histogram own = histogram();
    into = own;
    send(selector, good, seconds);
    bad.all().forEach(each -> each.manner = Manner.ACCEPTS);
    settle(good, bad);
    into = null;
    print(Integer.toString(round), disturbed, own);
    turns[disturbed ? 1 : 0].add(own);
  }

  private static void print(String round, boolean disturbed, Histogram of) {
    System.out.printf(
        Locale.ROOT,
        "%-6s %-10s %9.3f %9.3f %9.3f  of %d%n",
        round,
        disturbed ? "disturbed" : "baseline",
        of.getValueAtPercentile(50) / 1e6,
        of.getValueAtPercentile(99) / 1e6,
        of.getMaxValue() / 1e6,
        of.getTotalCount());
  }

  private void report(Subscribers good, Subscribers bad) throws IOException {
    print("all", false, turns[0]);
    print("all", true, turns[1]);
    System.out.printf(
        Locale.ROOT,
        "p99 of the seven others at %d events/s: %.2f x the baseline (bar: 1.10)%n",
        rate,
        (double) turns[1].getValueAtPercentile(99) / turns[0].getValueAtPercentile(99));
    int again = 0;
    for (Subscribers some : List.of(good, bad)) {
      for (Subscribers.One each : some.all()) {
        again += each.again;
        if (each.events != sent) {
          throw new IOException(each.events + " of " + sent + " events were delivered");
        }
      }
    }
    System.out.printf(
        "%d events, each delivered to all ten; %d deliveries came again%n", sent, again);
  }

  /** Sends on a schedule for some time, and goes on until every answer has come. */
  private void send(Selector selector, Subscribers good, int forSeconds) throws IOException {
    byte[] template = Events.request(HOST, "0".repeat(Latency.ID_DIGITS), bytes);
    int idAt = new String(template, StandardCharsets.US_ASCII).indexOf("ce-id: ") + 7;
    long pause = TimeUnit.SECONDS.toNanos(1) / rate;
    int until = sent + rate * forSeconds;
    long due = System.nanoTime();
    long deadline = due + TimeUnit.SECONDS.toNanos(forSeconds) + PATIENCE;
    while (sent < until || free.size() < CONNECTIONS) {
      long now = System.nanoTime();
      while (sent < until && due <= now && !free.isEmpty()) {
        Line line = free.removeFirst();
        line.number = sent;
        Latency.number(template, idAt, sent++);
        if (line.channel.write(ByteBuffer.wrap(template)) < template.length) {
          throw new IOException("the socket takes no event");
        }
        due += pause;
      }
      if (selector.selectNow(this::answers) + good.turn(0) == 0) {
        LockSupport.parkNanos(20_000);
      }
      check(deadline);
    }
  }

  private void check(long deadline) throws IOException {
    if (broken != null) {
      throw new IOException(broken);
    }
    if (System.nanoTime() > deadline) {
      throw new IOException("events or deliveries do not end, " + sent + " sent");
    }
  }

  /** Waits until all ten have every event that was sent. */
  private void settle(Subscribers good, Subscribers bad) throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    while (!hasAll(good) || !hasAll(bad)) {
      good.turn(10);
      check(deadline);
    }
  }

  private boolean hasAll(Subscribers some) {
    return some.all().stream().allMatch(each -> each.events == sent);
  }

  private void connect(Selector selector, int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Line line = new Line(channel);
    channel.register(selector, SelectionKey.OP_READ, line);
    free.add(line);
  }

  private void answers(SelectionKey key) {
    Line line = (Line) key.attachment();
    try {
      if (line.channel.read(line.in) < 0) {
        throw new IOException("Leat closed a connection");
      }
      line.in.flip();
      int end = Latency.message(line.in);
      if (end >= 0) {
        if (line.in.get(line.in.position() + 9) != '2') {
          throw new IOException("an event was refused");
        }
        line.in.position(end);
        acceptedAt[line.number] = System.nanoTime();
        free.addLast(line);
      }
      line.in.compact();
    } catch (IOException e) {
      broken = e;
      key.cancel();
    }
  }

  /** An event may be delivered before its 202 was read: that counts as no time at all. */
  private void delivered(int number) {
    if (into != null) {
      long accepted = acceptedAt[number];
      into.recordValue(accepted == 0 ? 0 : System.nanoTime() - accepted);
    }
  }
}

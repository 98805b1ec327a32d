package io.leat.bench.channels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Subscribers with a port each, on one selector. One thread runs them; any thread says how they
 * answer and reads how many events they took.
 */
final class Subscribers implements AutoCloseable {
  private static final byte[] ACCEPTED = answer("202 Accepted");
  private static final byte[] FAILED = answer("500 Internal Server Error");

  /** What a subscriber does with an event. */
  enum Manner {
    ACCEPTS,
    HANGS,
    FAILS,
    RESETS
  }

  /** One of them. */
  static final class One {
    final int port;
    private final ServerSocketChannel server;
    private final BitSet taken = new BitSet();
    volatile Manner manner = Manner.ACCEPTS;

    /** Events that it accepted, each counted once. */
    volatile int events;

    /** How often it accepted one that it had accepted before. */
    volatile int again;

    private One(ServerSocketChannel server) throws IOException {
      this.server = server;
      this.port = ((InetSocketAddress) server.getLocalAddress()).getPort();
    }
  }

  private record Line(SocketChannel channel, One to, ByteBuffer in) {}

  private final Selector selector;
  private final IntConsumer delivered;
  private final List<One> all = new ArrayList<>();

  /**
   * So many of them.
   *
   * @param delivered is told the number of each event that one accepted for the first time
   */
  Subscribers(int count, IntConsumer delivered) throws IOException {
    this.selector = Selector.open();
    this.delivered = delivered;
    for (int i = 0; i < count; i++) {
      ServerSocketChannel server = ServerSocketChannel.open();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
      server.configureBlocking(false);
      One one = new One(server);
      server.register(selector, SelectionKey.OP_ACCEPT, one);
      all.add(one);
    }
  }

  private static byte[] answer(String status) {
    return ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  List<One> all() {
    return all;
  }

  /** Answers what has come; waits at most so long for something. */
  int turn(long millis) throws IOException {
    return millis == 0 ? selector.selectNow(this::handle) : selector.select(this::handle, millis);
  }

  private void handle(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        One to = (One) key.attachment();
        SocketChannel channel = to.server.accept();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        Line line = new Line(channel, to, ByteBuffer.allocate(256 * 1024));
        channel.register(selector, SelectionKey.OP_READ, line);
      } else {
        read((Line) key.attachment());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Line line) throws IOException {
    if (line.channel().read(line.in()) < 0) {
      line.channel().close();
      return;
    }
    line.in().flip();
    int end = Latency.message(line.in());
    while (end >= 0 && line.channel().isOpen()) {
      event(line, end);
      end = Latency.message(line.in());
    }
    line.in().compact();
  }

  // The buffers are those that lines allocate: arrays from their beginning.
  @SuppressWarnings("ByteBufferBackingArray")
  private void event(Line line, int end) throws IOException {
    int from = line.in().position();
    line.in().position(end);
    switch (line.to().manner) {
      case HANGS -> {}
      case FAILS -> line.channel().write(ByteBuffer.wrap(FAILED));
      case RESETS -> {
        line.channel().setOption(StandardSocketOptions.SO_LINGER, 0);
        line.channel().close();
      }
      case ACCEPTS -> {
        String head =
            new String(
                line.in().array(), from, Math.min(end - from, 1024), StandardCharsets.US_ASCII);
        int at = head.toLowerCase(Locale.ROOT).indexOf("\r\nce-id: ") + 9;
        String id = head.substring(at, head.indexOf('\r', at));
        line.channel().write(ByteBuffer.wrap(ACCEPTED));
        if (id.length() == Latency.ID_DIGITS) {
          took(line.to(), Integer.parseInt(id));
        }
      }
    }
  }

  // One thread alone writes both counts.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void took(One by, int number) {
    if (by.taken.get(number)) {
      by.again++;
    } else {
      by.taken.set(number);
      by.events++;
      delivered.accept(number);
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}

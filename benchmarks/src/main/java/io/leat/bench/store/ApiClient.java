package io.leat.bench.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The clients of {@link ApiLoad}, in a process of their own: plain sockets that do as little as
 * they can, because they run on the cores of what is measured.
 *
 * <p>Takes commands as lines and answers each with one line of numbers: {@code list COUNT}, {@code
 * watch WATCHERS OF_ALL VERSION}, {@code change FIRST COUNT LISTING} and {@code bytes}. Times are
 * of {@link System#nanoTime}, which the processes of one Linux machine share.
 */
final class ApiClient {
  static final int PER_SECOND = 100;
  static final String ROUTES = "/apis/serving.knative.dev/v1/namespaces/default/routes";

  /** Changes take turns on so many connections. */
  private static final int CONNECTIONS = 20;

  private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ITEM =
      "\"kind\":\"Route\",\"metadata\"".getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress server;
  private final int routes;
  private final AtomicLong bytes = new AtomicLong();

  private ApiClient(int port, int routes) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.routes = routes;
  }

  /** Obeys until the input ends: {@code PORT ROUTES}. */
  public static void main(String[] arguments) throws Exception {
    ApiClient client =
        new ApiClient(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      String line;
      while ((line = commands.readLine()) != null) {
        String[] words = line.split(" ", -1);
        System.out.println(
            switch (words[0]) {
              case "list" -> client.lists(Integer.parseInt(words[1]));
              case "watch" -> client.watch(words);
              case "change" -> client.changes(words);
              case "bytes" -> Long.toString(client.bytes.getAndSet(0));
              default -> throw new IllegalArgumentException(line);
            });
      }
    }
    // The watchers' thread reads until the process ends.
    System.exit(0);
  }

  private String lists(int count) throws IOException {
    StringBuilder answer = new StringBuilder();
    byte[] buffer = new byte[1 << 18];
    for (int i = 0; i < count; i++) {
      answer.append(list(buffer, i == 0)).append(' ');
    }
    return answer.toString();
  }

  /** How long one list took until its last byte; counts its items when asked to. */
  private long list(byte[] buffer, boolean counted) throws IOException {
    long before = System.nanoTime();
    try (Socket socket = connect()) {
      send(socket, "GET " + ROUTES + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
      InputStream in = socket.getInputStream();
      int items = 0;
      int matched = 0;
      int read;
      while ((read = in.read(buffer)) >= 0) {
        for (int i = 0; counted && i < read; i++) {
          matched = buffer[i] == ITEM[matched] ? matched + 1 : buffer[i] == ITEM[0] ? 1 : 0;
          if (matched == ITEM.length) {
            items++;
            matched = 0;
          }
        }
      }
      long took = System.nanoTime() - before;
      // An item that a chunk's border cuts is not found.
      if (counted && (items > routes || items < routes * 0.9)) {
        throw new IOException("a list of " + items + " instead of " + routes);
      }
      return took;
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(server);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Opens the watches, and reads them all on one thread. */
  private String watch(String[] words) throws IOException {
    int watchers = Integer.parseInt(words[1]);
    int ofAll = Integer.parseInt(words[2]);
    Selector selector = Selector.open();
    for (int i = 0; i < watchers; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
      String selected =
          i < ofAll ? "" : "&fieldSelector=metadata.name%3D" + SampleRoutes.name(i % routes);
      String head =
          "GET "
              + ROUTES
              + "?watch=1&allowWatchBookmarks=true&resourceVersion="
              + words[3]
              + selected
              + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }
    Thread.ofPlatform().daemon().name("watchers").start(() -> read(selector));
    return Integer.toString(watchers);
  }

  private void read(Selector selector) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    try {
      while (true) {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          buffer.clear();
          int read = ((SocketChannel) key.channel()).read(buffer);
          if (read < 0) {
            throw new IOException("a watch ended early");
          }
          bytes.addAndGet(read);
        }
        selector.selectedKeys().clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For each change when it was due and when it was answered; then how long each list took. */
  private String changes(String[] words) throws Exception {
    int first = Integer.parseInt(words[1]);
    int count = Integer.parseInt(words[2]);
    long[] due = new long[count];
    long[] answered = new long[count];
    AtomicBoolean ended = new AtomicBoolean(!Boolean.parseBoolean(words[3]));
    List<Long> lists = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS + 1)) {
      long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int offset = i;
        all.add(
            threads.submit(() -> {
              changes(first, offset, start, due, answered);
              return true;
            }));
      }
      Future<?> listing =
          threads.submit(() -> {
            byte[] buffer = new byte[1 << 18];
            while (!ended.get()) {
              lists.add(list(buffer, false));
            }
            return true;
          });
      for (Future<?> each : all) {
        each.get();
      }
      ended.set(true);
      listing.get();
    }
    StringBuilder answer = new StringBuilder();
    for (int i = 0; i < count; i++) {
      answer.append(due[i]).append(' ').append(answered[i]).append(' ');
    }
    lists.forEach(nanos -> answer.append(nanos).append(' '));
    return answer.toString();
  }

  private void changes(int first, int offset, long start, long[] due, long[] answered)
      throws IOException {
    int revisions = SampleRoutes.revisions(routes);
    byte[] buffer = new byte[1 << 16];
    try (Socket socket = connect()) {
      for (int i = offset; i < due.length; i += CONNECTIONS) {
        // From when it was due, so that a change that had to wait counts as slow.
        due[i] = start + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        while (System.nanoTime() < due[i]) {
          LockSupport.parkNanos(due[i] - System.nanoTime());
        }
        int route = route(first + i, routes);
        change(socket, buffer, route, SampleRoutes.revisionName(revision(first + i, revisions)));
        answered[i] = System.nanoTime();
      }
    }
  }

  /** Which Route a change is of. */
  static int route(int turn, int routes) {
    return (int) (turn * 37L % routes);
  }

  /** Where a change leads; another place each time that it is the turn of the same Route. */
  static int revision(int turn, int revisions) {
    return (int) ((turn * 37L + (turn / 100 + 1) * 7L) % revisions);
  }

  private static void change(Socket socket, byte[] buffer, int route, String revision)
      throws IOException {
    String body =
        "{\"spec\":{\"traffic\":[{\"revisionName\":\"" + revision + "\",\"percent\":100}]}}";
    String head =
        "PATCH "
            + ROUTES
            + "/"
            + SampleRoutes.name(route)
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/merge-patch+json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n";
    send(socket, head + body);
    InputStream in = socket.getInputStream();
    int length = 0;
    int wanted = Integer.MAX_VALUE;
    while (length < wanted) {
      int read = in.read(buffer, length, buffer.length - length);
      if (read <= 0) {
        throw new IOException("a change without an answer");
      }
      length += read;
      int end = wanted == Integer.MAX_VALUE ? end(buffer, length) : -1;
      if (end >= 0) {
        wanted = end + contentLength(new String(buffer, 0, end, StandardCharsets.US_ASCII));
      }
    }
  }

  private static int end(byte[] buffer, int length) {
    for (int i = 0; i + END.length <= length; i++) {
      if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r') {
        return i + END.length;
      }
    }
    return -1;
  }

  private static int contentLength(String head) throws IOException {
    if (!head.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(head);
    }
    String name = "content-length: ";
    int at = head.indexOf(name) + name.length();
    return Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
  }
}

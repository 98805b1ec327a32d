package io.leat.bench.store;

import io.leat.control.api.kube.KubeApi;
import io.leat.control.api.kube.KubePorts;
import io.leat.control.api.kube.Namespaces;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.store.sqlite.SqliteStore;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.AdminServer;
import io.leat.proxy.config.LeatConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the API and the control plane over a store in a file while 100 changes a second are made
 * over HTTP: how long a list of all Routes takes, a change until it is answered, and until it is
 * live in the table, with watchers of one Route each and some of all Routes.
 *
 * <p>{@code ApiLoad FILE [watchers] [of all] [seconds]} over a store that {@link RouteLoad} filled.
 */
public final class ApiLoad {
  private static final int PER_SECOND = 100;
  private static final int LISTS = 10;
  private static final String ROUTES = "/apis/serving.knative.dev/v1/namespaces/default/routes";

  private final SqliteStore store;
  private final Plane plane;
  private final AdminServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicLong bytes = new AtomicLong();
  private final int routes;

  private ApiLoad(SqliteStore store, Plane plane, ExecutorService executor, int routes)
      throws IOException {
    this.store = store;
    this.plane = plane;
    this.routes = routes;
    AtomicLong suffixes = new AtomicLong();
    AdminRoutes paths = new AdminRoutes();
    KubePorts ports =
        new KubePorts(
            store,
            Validation.standalone(),
            resource -> resource,
            InstantSource.system(),
            () -> Long.toString(suffixes.incrementAndGet()),
            plane.loop().rehearsal(InstantSource.system()));
    new KubeApi(ports, new Namespaces(store, executor), "bench").addTo(paths);
    this.server = AdminServer.start(new LeatConfig.Admin("127.0.0.1", 0), paths);
  }

  /** Runs everything and prints a line for each measure. */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    int watchers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000;
    int ofAll = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
    int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 20;
    if (Files.notExists(file)) {
      throw new IllegalArgumentException("no store: " + file);
    }
    try (ExecutorService executor = Executors.newSingleThreadExecutor();
        SqliteStore store = RouteLoad.open(file);
        Plane plane = new Plane(store)) {
      plane.settle();
      int routes = store.<List<Resource>>read(view -> view.list(Kind.ROUTE)).size();
      ApiLoad load = new ApiLoad(store, plane, executor, routes);
      try (AdminServer _ = load.server) {
        load.lists("alone");
        Thread reader = load.watch(watchers, ofAll);
        load.changes(2, "warm-up");
        load.changes(seconds, watchers + " watchers, " + ofAll + " of them of all Routes");
        RouteLoad.say("watchers were sent %d MiB", load.bytes.get() >> 20);
        reader.interrupt();
        reader.join();
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    int port = server.address().getPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private void lists(String when) throws Exception {
    long[] nanos = new long[LISTS];
    int length = 0;
    for (int i = 0; i < LISTS; i++) {
      long before = System.nanoTime();
      HttpResponse<byte[]> answer =
          client.send(request(ROUTES).build(), HttpResponse.BodyHandlers.ofByteArray());
      nanos[i] = System.nanoTime() - before;
      length = answer.body().length;
    }
    RouteLoad.say(
        "list of %d Routes, %d MiB, %s: first %.0f ms, %s",
        routes, length >> 20, when, nanos[0] / 1e6, RouteLoad.quantiles(nanos));
  }

  /** Opens the watches, and reads them all on one thread, because the machine is shared. */
  private Thread watch(int watchers, int ofAll) throws IOException {
    Selector selector = Selector.open();
    long version = store.version();
    for (int i = 0; i < watchers; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.address().getPort()));
      String selected =
          i < ofAll ? "" : "&fieldSelector=metadata.name%3D" + SampleRoutes.name(i % routes);
      String head =
          "GET "
              + ROUTES
              + "?watch=1&allowWatchBookmarks=true&resourceVersion="
              + version
              + selected
              + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }
    return Thread.ofPlatform().name("watchers").start(() -> read(selector));
  }

  private void read(Selector selector) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    try (selector) {
      while (!Thread.interrupted()) {
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
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("watching failed", e);
    }
  }

  private void changes(int seconds, String what) throws Exception {
    int count = seconds * PER_SECOND;
    long[] committed = new long[count];
    long[] live = new long[count];
    int revisions = SampleRoutes.revisions(routes);
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        int turn = i;
        long due = start + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        var _ =
            writers.submit(() -> {
              // From when it was due, so that a change that had to wait counts as slow.
              int route = (turn * 37) % routes;
              String revision = SampleRoutes.revisionName((route + seconds + turn) % revisions);
              plane.await(SampleRoutes.host(route), revision, at -> live[turn] = at - due);
              change(route, revision);
              committed[turn] = System.nanoTime() - due;
              return true;
            });
        if (i == count / 2) {
          var _ =
              writers.submit(() -> {
                lists("during changes");
                return true;
              });
        }
      }
    }
    plane.settle();
    RouteLoad.say("%d changes at %d/s, %s", count, PER_SECOND, what);
    RouteLoad.say("  answered: %s", RouteLoad.quantiles(committed));
    RouteLoad.say("  live: %s; not seen: %d", RouteLoad.quantiles(live), plane.awaited());
  }

  private void change(int route, String revision) throws Exception {
    String body =
        "{\"spec\":{\"traffic\":[{\"revisionName\":\"" + revision + "\",\"percent\":100}]}}";
    HttpResponse<String> answer =
        client.send(
            request(ROUTES + "/" + SampleRoutes.name(route))
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
  }
}

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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Measures the API and the control plane over a store in a file, once all of it is warm: how long a
 * list of all Routes takes; then, while 100 changes a second are made over HTTP with watchers of
 * one Route each and some of all Routes, how long a change takes until it is answered and until it
 * is live in the table, without lists and with one list after the other.
 *
 * <p>{@code ApiLoad FILE [watchers] [of all] [seconds] [seconds of warm-up]} over a store that
 * {@link RouteLoad} filled. The clients are another process: {@link ApiClient}.
 */
public final class ApiLoad {
  private static final int WARMING_LISTS = 60;
  private static final int LISTS = 100;

  private final Plane plane;
  private final int routes;
  private final BufferedReader answers;
  private final Writer commands;
  private int turn;
  private long compiled;
  private long collected;

  private ApiLoad(Plane plane, int routes, Process client) {
    this.plane = plane;
    this.routes = routes;
    this.answers = client.inputReader(StandardCharsets.US_ASCII);
    this.commands = client.outputWriter(StandardCharsets.US_ASCII);
  }

  /** Runs everything and prints a line for each measure. */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    int watchers = number(arguments, 1, 1_000);
    int ofAll = number(arguments, 2, 10);
    int seconds = number(arguments, 3, 20);
    int warming = number(arguments, 4, 30);
    if (Files.notExists(file)) {
      throw new IllegalArgumentException("no store: " + file);
    }
    try (ExecutorService executor = Executors.newSingleThreadExecutor();
        SqliteStore store = RouteLoad.open(file);
        Plane plane = new Plane(store)) {
      plane.settle();
      int routes = store.<List<Resource>>read(view -> view.list(Kind.ROUTE)).size();
      try (AdminServer server = serve(store, plane, executor)) {
        Process client = client(server.address().getPort(), routes);
        try {
          ApiLoad load = new ApiLoad(plane, routes, client);
          load.lists(WARMING_LISTS, "warm-up");
          load.lists(LISTS, "alone");
          load.ask("watch " + watchers + " " + ofAll + " " + store.version());
          load.changes(warming, false, "warm-up");
          String who = watchers + " watchers, " + ofAll + " of them of all Routes";
          load.changes(seconds, false, who);
          load.changes(seconds, true, who + ", one list after the other");
        } finally {
          client.destroy();
        }
      }
    }
  }

  private static int number(String[] arguments, int index, int otherwise) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
  }

  private static AdminServer serve(SqliteStore store, Plane plane, ExecutorService executor)
      throws IOException {
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
    return AdminServer.start(new LeatConfig.Admin("127.0.0.1", 0), paths);
  }

  private static Process client(int port, int routes) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ApiClient.class.getName(),
            Integer.toString(port),
            Integer.toString(routes))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private long[] ask(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the clients ended");
    }
    return Stream.of(answer.strip().split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  private void lists(int count, String when) throws IOException {
    mark();
    long[] nanos = ask("list " + count);
    double first = nanos[0] / 1e6;
    RouteLoad.say(
        "list of %d Routes, %d times, %s: first %.0f ms, %s; %s",
        routes, count, when, first, RouteLoad.quantiles(nanos), costs());
  }

  private void changes(int seconds, boolean listing, String what) throws Exception {
    int count = seconds * ApiClient.PER_SECOND;
    int revisions = SampleRoutes.revisions(routes);
    long[] live = new long[count];
    int first = turn;
    turn += count;
    for (int i = 0; i < count; i++) {
      int at = i;
      plane.await(
          SampleRoutes.host(ApiClient.route(first + i, routes)),
          SampleRoutes.revisionName(ApiClient.revision(first + i, revisions)),
          now -> live[at] = now);
    }
    mark();
    long plans = plane.plans();
    long[] told = ask("change " + first + " " + count + " " + listing);
    String costs = costs();
    plane.settle();
    plans = plane.plans() - plans;
    long[] answered = new long[count];
    for (int i = 0; i < count; i++) {
      answered[i] = told[2 * i + 1] - told[2 * i];
      live[i] -= told[2 * i];
    }
    RouteLoad.say("%d changes at %d/s, %s; %s", count, ApiClient.PER_SECOND, what, costs);
    RouteLoad.say("  answered: %s", RouteLoad.quantiles(answered));
    RouteLoad.say("  live: %s; not seen: %d", RouteLoad.quantiles(live), plane.awaited());
    if (listing) {
      long[] lists = Arrays.copyOfRange(told, 2 * count, told.length);
      RouteLoad.say("  %d lists: %s", lists.length, RouteLoad.quantiles(lists));
    }
    RouteLoad.say("  plans for one change: %.1f", (double) plans / count);
    RouteLoad.say("  watchers were sent %d MiB", ask("bytes")[0] >> 20);
  }

  private void mark() {
    compiled = compilation();
    collected = collection();
  }

  /** What the compiler and the collector took meanwhile: a compiler that rests means warm. */
  private String costs() {
    return String.format(
        Locale.ROOT,
        "compiler %.1f s, collections %.1f s",
        (compilation() - compiled) / 1e3,
        (collection() - collected) / 1e3);
  }

  private static long compilation() {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    return compiler == null ? 0 : compiler.getTotalCompilationTime();
  }

  private static long collection() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}

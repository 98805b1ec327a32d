package io.leat.control.api.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leat.activator.scale.ScaleSettings;
import io.leat.control.ControlLoop;
import io.leat.control.FakeRuntime;
import io.leat.control.Families;
import io.leat.control.TableMirror;
import io.leat.control.api.inspect.InspectApi;
import io.leat.control.api.plan.PlanApi;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.reconcile.ControlScheduler;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.serving.RevisionReachability;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.AdminServer;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The API over a store in memory, on a real port. */
public final class ApiServer implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final MemoryStore store;
  final ControlLoop loop;
  final FakeRuntime runtime = new FakeRuntime();
  final TableMirror proxy = new TableMirror("proxy");
  final List<String> scaled = new CopyOnWriteArrayList<>();
  private final ScaleConfigurator scaler =
      new ScaleConfigurator() {
        @Override
        public void configure(RevisionId revision, ScaleSettings settings) {
          scaled.add(revision + " " + settings);
        }

        @Override
        public void remove(RevisionId revision) {
          scaled.add(revision + " removed");
        }
      };
  private final AtomicInteger uids;
  final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final Namespaces namespaces;
  private final AdminServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** What the server said. */
  record Answer(int status, JsonNode body, String warnings) {}

  /** An API over a store that nobody reconciles. */
  ApiServer(int retainedEvents) {
    this(retainedEvents, new Families(List.of(), List.of(), new RevisionReachability()));
  }

  /** An API over a store that a control loop follows, with a proxy and a runtime in memory. */
  ApiServer(int retainedEvents, Families families) {
    this(InstantSource.system(), retainedEvents, families, false);
  }

  /** A server whose store holds nothing but what is written: its namespaces are kept elsewhere. */
  public static ApiServer bare(InstantSource clock) {
    return new ApiServer(clock, ResourceStore.DEFAULT_RETAINED_EVENTS, Families.NONE, true);
  }

  private static MemoryStore memory(InstantSource clock, int retainedEvents, AtomicInteger uids) {
    return new MemoryStore(
        new StoreEngine.Settings(clock, () -> "uid-" + uids.incrementAndGet(), retainedEvents),
        RetryRules.standard(() -> 1));
  }

  private ApiServer(InstantSource clock, int retainedEvents, Families families, boolean bare) {
    AtomicInteger uids = new AtomicInteger();
    this.uids = uids;
    this.store = memory(clock, retainedEvents, uids);
    Validation validation = bare ? Validation.cluster() : Validation.standalone();
    this.loop =
        new ControlLoop(
            new ControlLoop.Ports(
                store,
                runtime,
                scaler,
                revision -> 0,
                new ControlLoop.Time(
                    ControlScheduler.of(executor), System::nanoTime, Draw.xorshift(1)),
                Duration.ofSeconds(1)),
            families);
    loop.connect(proxy);
    this.namespaces = new Namespaces(bare ? memory(clock, 1, uids) : store, executor);
    AtomicInteger suffixes = new AtomicInteger(10_000);
    KubePorts ports =
        new KubePorts(
            store,
            validation,
            resource -> resource,
            InstantSource.system(),
            () -> Integer.toString(suffixes.incrementAndGet()),
            loop.rehearsal(InstantSource.system()));
    AdminRoutes routes = new AdminRoutes();
    KubeApi kube = new KubeApi(ports, namespaces, "test");
    kube.addTo(routes);
    new PlanApi(kube, ports.rehearsal()).addTo(routes);
    new InspectApi(store, store.jobs(), loop::tableEntries).addTo(routes);
    try {
      this.server = AdminServer.start(new LeatConfig.Admin("127.0.0.1", 0), routes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the control loop has nothing left to do. */
  void settle() {
    // What one round sets off is in the next.
    for (int round = 0; round < 3; round++) {
      loop.settled().orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  /** How many uids the store has given. */
  int uids() {
    return uids.get();
  }

  /** What the server holds. */
  public ResourceStore store() {
    return store;
  }

  /** Where the server is, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  Answer get(String path) {
    return send("GET", path, "", "");
  }

  Answer post(String path, String body) {
    return send("POST", path, "application/json", body);
  }

  Answer put(String path, String body) {
    return send("PUT", path, "application/json", body);
  }

  Answer merge(String path, String body) {
    return send("PATCH", path, "application/merge-patch+json", body);
  }

  Answer apply(String path, String body) {
    return send("PATCH", path, "application/apply-patch+yaml", body);
  }

  Answer delete(String path) {
    return send("DELETE", path, "", "");
  }

  /** Sends a request; single quotes of the body become double ones. */
  Answer send(String method, String path, String contentType, String body) {
    return sendBytes(method, path, contentType, body.replace('\'', '"').getBytes(UTF_8));
  }

  Answer sendBytes(String method, String path, String contentType, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(60))
            .header("User-Agent", "test/1")
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          json(answer.body()),
          answer.headers().firstValue("warning").orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpClient client() {
    return client;
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  @Override
  public void close() {
    server.close();
    namespaces.close();
    loop.close();
    executor.shutdownNow();
    client.close();
  }
}

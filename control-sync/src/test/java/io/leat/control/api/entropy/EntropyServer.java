package io.leat.control.api.entropy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leat.activator.scale.ScaleSettings;
import io.leat.control.ControlLoop;
import io.leat.control.FakeRuntime;
import io.leat.control.Families;
import io.leat.control.ManualTime;
import io.leat.control.World;
import io.leat.control.api.inspect.InspectApi;
import io.leat.control.api.kube.KubeApi;
import io.leat.control.api.kube.KubePorts;
import io.leat.control.api.kube.Namespaces;
import io.leat.control.api.logs.InstanceLogs;
import io.leat.control.jobs.JobPolicy;
import io.leat.control.jobs.JobRunner;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.module.EnabledModules;
import io.leat.control.module.LogBook;
import io.leat.control.module.Module;
import io.leat.control.module.ModuleService;
import io.leat.control.module.ModuleStore;
import io.leat.control.module.ModuleSync;
import io.leat.control.module.SyncScope;
import io.leat.control.plan.Planned;
import io.leat.control.plan.Rehearsal;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.overlay.OverlayStore;
import io.leat.control.store.sqlite.SqliteStore;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.AdminServer;
import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** The API and its workers over a store in a file, on a real port; time is the test's. */
final class EntropyServer implements AutoCloseable {
  static final JobPolicy POLICY =
      new JobPolicy(
          Duration.ofSeconds(30),
          Duration.ofMillis(50),
          Duration.ofMillis(20),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          5);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final SqliteStore store;
  final JobRunner runner;
  final ModuleSync sync;
  final ModuleStore resources;
  final AtomicReference<Instant> now;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final Namespaces namespaces;
  private final ResourceStore.Watch watch;
  private final AdminServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** What the server said. */
  record Answer(int status, JsonNode body, String etag) {
    String message() {
      return body.path("message").asText();
    }

    JsonNode resource() {
      return body.path("resource");
    }
  }

  /** How a server is made; a test changes what it is about. */
  record Setup(
      Path file,
      AtomicReference<Instant> now,
      List<? extends Module> modules,
      int workers,
      SyncScope scope) {

    Setup workers(int count) {
      return new Setup(file, now, modules, count, scope);
    }

    Setup scope(SyncScope other) {
      return new Setup(file, now, modules, workers, other);
    }
  }

  EntropyServer(Setup setup) {
    this(setup, new LogBook(setup.now()::get));
  }

  EntropyServer(Setup setup, LogBook logs) {
    this.now = setup.now();
    InstantSource clock = now::get;
    this.store =
        SqliteStore.open(
            setup.file(),
            new StoreEngine.Settings(
                clock, () -> UUID.randomUUID().toString(), ResourceStore.DEFAULT_RETAINED_EVENTS),
            RetryRules.standard(() -> 1));
    Map<String, Module> modules = new LinkedHashMap<>();
    setup.modules().forEach(module -> modules.put(module.descriptor().kind(), module));
    EnabledModules enabled = new EnabledModules(store, modules, clock);
    this.resources = new ModuleStore(store);
    this.sync = new ModuleSync(resources, enabled, store.jobs(), logs, clock);
    this.runner =
        new JobRunner(
            store.jobs(),
            sync.handlers(),
            new JobRunner.Settings(
                "server-" + UUID.randomUUID(),
                setup.workers(),
                setup.scope(),
                POLICY,
                clock,
                () -> 0));
    this.namespaces = new Namespaces(store, executor);
    KubePorts kubePorts =
        new KubePorts(
            store, Validation.standalone(), found -> found, clock, () -> "abcde", new OwnLoop());
    KubeApi kube = new KubeApi(kubePorts, namespaces, "test");
    ModuleService service = new ModuleService(resources, enabled, clock, runner::wake);
    AdminRoutes routes = new AdminRoutes();
    kube.addTo(routes);
    TablePreview table = new TablePreview(new OwnLoop());
    Path logFiles = setup.file().resolveSibling("logs");
    InstanceLogs instances =
        new InstanceLogs(store, id -> logFiles.resolve(id.namespace()).resolve(id.name() + ".log"));
    new EntropyApi(
            new EntropyPorts(service, enabled, logs, instances, store, kube::answer, table, "test"))
        .addTo(routes);
    new InspectApi(store, store.jobs(), _ -> CompletableFuture.completedFuture(List.of()))
        .addTo(routes);
    this.watch = sync.watch(store, service, executor);
    try {
      this.server = AdminServer.start(new LeatConfig.Admin("127.0.0.1", 0), routes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sync.resume();
    runner.start();
  }

  /** Rehearses in a control loop of its own, over a copy of the store. */
  private final class OwnLoop implements Rehearsal {
    @Override
    public <T> Planned<T> of(Function<? super ResourceStore, ? extends T> mutation) {
      ManualTime time = new ManualTime();
      ScaleConfigurator unscaled =
          new ScaleConfigurator() {
            @Override
            public void configure(RevisionId revision, ScaleSettings settings) {
              // Nothing runs here.
            }

            @Override
            public void remove(RevisionId revision) {
              // Nothing runs here.
            }
          };
      try (OverlayStore copy = OverlayStore.over(store, now::get)) {
        ControlLoop loop =
            new ControlLoop(
                new ControlLoop.Ports(
                    copy,
                    new FakeRuntime(),
                    unscaled,
                    _ -> 0,
                    new ControlLoop.Time(time, time, () -> 0),
                    Duration.ZERO),
                Families.serving(World.CONFIG));
        CompletableFuture<Planned<T>> answer = loop.rehearse(now::get, mutation);
        time.run();
        return answer.join();
      }
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  HttpClient client() {
    return client;
  }

  /**
   * Asks below {@code /api/v1beta1}, unless the path is whole; single quotes of a body become
   * double ones.
   */
  Answer send(String method, String path, String body, String... headers) {
    String whole =
        path.startsWith("/ap") || path.startsWith("/debug") ? path : "/api/v1beta1" + path;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(whole))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                HttpRequest.BodyPublishers.ofByteArray(body.replace('\'', '"').getBytes(UTF_8)));
    request.header("user-id", "ada");
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          MAPPER.readTree(answer.body()),
          answer.headers().firstValue("etag").orElse(""));
    } catch (JsonProcessingException e) {
      throw new AssertionError(method + " " + path + " answered no JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Answer get(String path) {
    return send("GET", path, "");
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  /** Moves time on and has the workers look. */
  void advance(Duration duration) {
    now.set(now.get().plus(duration));
    runner.wake();
  }

  @Override
  public void close() {
    server.close();
    watch.close();
    runner.close();
    namespaces.close();
    executor.shutdownNow();
    client.close();
    store.close();
  }
}

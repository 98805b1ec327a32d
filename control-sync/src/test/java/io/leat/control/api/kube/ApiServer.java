package io.leat.control.api.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.AdminServer;
import io.leat.proxy.config.LeatConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The API over a store in memory, on a real port. */
public final class ApiServer implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final ResourceStore store;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final Namespaces namespaces;
  private final AdminServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** What the server said. */
  record Answer(int status, JsonNode body, String warnings) {}

  ApiServer(int retainedEvents) {
    this(memory(InstantSource.system(), retainedEvents), null, Validation.standalone());
  }

  /** A server whose store holds nothing but what is written: its namespaces are kept elsewhere. */
  public static ApiServer bare(InstantSource clock) {
    return new ApiServer(
        memory(clock, ResourceStore.DEFAULT_RETAINED_EVENTS),
        memory(clock, 1),
        Validation.cluster());
  }

  private static ResourceStore memory(InstantSource clock, int retainedEvents) {
    return new MemoryStore(
        new StoreEngine.Settings(clock, () -> UUID.randomUUID().toString(), retainedEvents),
        RetryRules.standard(() -> 1));
  }

  private ApiServer(ResourceStore store, @Nullable ResourceStore spaces, Validation validation) {
    this.store = store;
    this.namespaces = new Namespaces(spaces == null ? store : spaces, executor);
    AtomicInteger suffixes = new AtomicInteger(10_000);
    KubePorts ports =
        new KubePorts(
            store,
            validation,
            resource -> resource,
            InstantSource.system(),
            () -> Integer.toString(suffixes.incrementAndGet()));
    AdminRoutes routes = new AdminRoutes();
    new KubeApi(ports, namespaces, "test").addTo(routes);
    try {
      this.server = AdminServer.start(new LeatConfig.Admin("127.0.0.1", 0), routes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
            .timeout(Duration.ofSeconds(20))
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
    executor.shutdownNow();
    client.close();
  }
}

package io.leat.control.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one API server: finds it, proves who calls, sends and receives JSON.
 *
 * <p>Used by any thread; calls wait for their answer. Nothing is tried again here.
 */
final class ApiClient implements AutoCloseable {
  static final String JSON = "application/json";
  static final String MERGE_PATCH = "application/merge-patch+json";
  private static final int REQUEST_MILLIS = 10_000;
  private static final int CONNECT_MILLIS = 5_000;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final Config config;
  private final String base;
  private final HttpClient client;

  private ApiClient(Config config) {
    this.config = config;
    this.base = config.getMasterUrl().replaceAll("/+$", "");
    this.client = new JdkHttpClientFactory().newBuilder(config).build();
  }

  /**
   * What the server answered.
   *
   * @param body a missing node when there was none
   */
  record Answer(int status, JsonNode body) {
    boolean succeeded() {
      return status >= 200 && status < 300;
    }

    /** The token of a failure, such as {@code AlreadyExists}. */
    String reason() {
      return body.path("reason").asText("");
    }

    /** The failure in a sentence. */
    String message() {
      return body.path("message").asText("status " + status);
    }
  }

  /**
   * A client of the server that a kubeconfig names; without one, of the server that {@code
   * KUBECONFIG}, {@code ~/.kube/config} or the service account of this pod names.
   *
   * @throws ApiUnavailableException when the file names no server
   */
  static ApiClient connect(@Nullable Path kubeconfig) {
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new ApiUnavailableException("cannot read " + kubeconfig);
    }
    Config config;
    try {
      config =
          kubeconfig == null
              ? Config.autoConfigure(null)
              : Config.fromKubeconfig(kubeconfig.toFile());
    } catch (RuntimeException broken) {
      throw new ApiUnavailableException(
          "cannot use " + kubeconfig + ": " + broken.getMessage(), broken);
    }
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setRequestTimeout(REQUEST_MILLIS);
    config.setRequestRetryBackoffLimit(0);
    config.setUserAgent("leat");
    if (config.getMasterUrl().startsWith("http:")) {
      config.setHttp2Disable(true);
    }
    return new ApiClient(config);
  }

  /** Where the server is. */
  String url() {
    return base;
  }

  /** The namespace of the kubeconfig's context or of this pod; {@code default} without one. */
  String namespace() {
    return Objects.requireNonNullElse(config.getNamespace(), "default");
  }

  /**
   * Sends one request and waits for the answer, whatever it is below 500.
   *
   * @throws ApiUnavailableException when there was none
   */
  Answer call(String method, String path, String contentType, @Nullable String body) {
    HttpRequest.Builder request = client.newHttpRequestBuilder().uri(base + path);
    request.setHeader("Accept", JSON);
    request.method(method, contentType, body);
    HttpResponse<byte[]> response =
        await(() -> client.sendAsync(request.build(), byte[].class), path);
    Answer answer = new Answer(response.code(), tree(response.body(), path));
    if (answer.status() >= 500 || answer.status() == 429) {
      throw new ApiUnavailableException(method + " " + path + ": " + answer.message());
    }
    return answer;
  }

  /** GET. */
  Answer get(String path) {
    HttpRequest request =
        client.newHttpRequestBuilder().uri(base + path).setHeader("Accept", JSON).build();
    HttpResponse<byte[]> response = await(() -> client.sendAsync(request, byte[].class), path);
    Answer answer = new Answer(response.code(), tree(response.body(), path));
    if (answer.status() >= 500 || answer.status() == 429) {
      throw new ApiUnavailableException("GET " + path + ": " + answer.message());
    }
    return answer;
  }

  /**
   * Reads a stream of JSON documents, one per line, until its end.
   *
   * @param opened called when the stream begins
   * @param silence how long nothing may come before the connection counts as lost
   * @return 200 after the end of the stream, another status when there was none
   * @throws ApiUnavailableException when the stream broke off or what came is no JSON
   */
  Answer stream(String path, Duration silence, Runnable opened, Consumer<JsonNode> documents) {
    BlockingQueue<Optional<byte[]>> parts = new LinkedBlockingQueue<>();
    HttpRequest.Builder request = client.newHttpRequestBuilder().uri(base + path);
    request.setHeader("Accept", JSON);
    request.forStreaming();
    HttpResponse<AsyncBody> response =
        await(
            () ->
                client.consumeBytes(
                    request.build(), (buffers, _) -> parts.add(Optional.of(join(buffers)))),
            path);
    AsyncBody body = response.body();
    if (response.code() == 200) {
      opened.run();
    }
    CompletableFuture<Void> done = body.done();
    var _ = done.whenComplete((_, _) -> parts.add(Optional.empty()));
    Lines lines = new Lines(path, response.code() == 200 ? documents : _ -> {});
    try {
      while (true) {
        body.consume();
        Optional<byte[]> part = parts.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
        if (part == null) {
          throw new ApiUnavailableException("nothing came for " + silence + " from " + path);
        }
        if (part.isEmpty()) {
          break;
        }
        lines.take(part.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiUnavailableException("interrupted", e);
    } finally {
      body.cancel();
    }
    if (response.code() == 200 && done.isCompletedExceptionally()) {
      throw new ApiUnavailableException(path + " broke off");
    }
    return new Answer(response.code(), lines.rest());
  }

  /** Cuts a stream into lines. */
  private static final class Lines {
    private final String path;
    private final Consumer<JsonNode> documents;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(String path, Consumer<JsonNode> documents) {
      this.path = path;
      this.documents = documents;
    }

    void take(byte[] part) {
      int start = 0;
      for (int i = 0; i < part.length; i++) {
        if (part[i] == '\n') {
          line.write(part, start, i - start);
          start = i + 1;
          if (line.size() > 0) {
            documents.accept(tree(line.toByteArray(), path));
            line.reset();
          }
        }
      }
      line.write(part, start, part.length - start);
    }

    JsonNode rest() {
      return line.size() == 0 ? MissingNode.getInstance() : tree(line.toByteArray(), path);
    }
  }

  private static byte[] join(List<ByteBuffer> buffers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer buffer : buffers) {
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static JsonNode tree(byte @Nullable [] body, String path) {
    if (body == null || body.length == 0) {
      return MissingNode.getInstance();
    }
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      String start = text.substring(0, Math.min(text.length(), 200));
      throw new ApiUnavailableException(path + " answered no JSON: " + start, e);
    }
  }

  private static <T> T await(Supplier<CompletableFuture<T>> call, String path) {
    CompletableFuture<T> future = begun(call, path);
    try {
      return future.get(REQUEST_MILLIS + CONNECT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new ApiUnavailableException(path + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      var _ = future.cancel(true);
      throw new ApiUnavailableException(path + ": no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiUnavailableException("interrupted", e);
    }
  }

  /**
   * Begins a call. The client reads the kubeconfig again each minute, and throws what it likes when
   * somebody is just writing that file.
   */
  private static <T> CompletableFuture<T> begun(Supplier<CompletableFuture<T>> call, String path) {
    try {
      return call.get();
    } catch (RuntimeException broken) {
      throw new ApiUnavailableException(path + ": " + broken, broken);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}

package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP with one server; a server that does not answer ends the command with code 7. */
final class ServerClient {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration COPY = Duration.ofMinutes(10);
  private static final String JSON = "application/json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  /** A client of the server at a URL without a final slash. */
  ServerClient(String url) {
    this.url = url;
  }

  /** What the server answered. */
  record Answer(int status, String body) {

    boolean succeeded() {
      return status < 300;
    }

    /** The body as JSON. */
    JsonNode json() {
      return ServerClient.json(body);
    }

    /** What a {@code Status} says, or the body itself. */
    String message() {
      if (!body.stripLeading().startsWith("{")) {
        return body.strip();
      }
      return json().path("message").asText(body.strip());
    }

    /** The body as JSON; a refusal ends the command. */
    JsonNode required() {
      if (!succeeded()) {
        throw failure();
      }
      return json();
    }

    /** What a caller is told of a failure. */
    CommandFailure failure() {
      return new CommandFailure(exitCode(status), message());
    }

    static int exitCode(int status) {
      return switch (status) {
        case 404 -> ExitCode.NOT_FOUND;
        case 409, 412 -> ExitCode.CONFLICT;
        case 400, 413, 422 -> ExitCode.VALIDATION;
        default -> ExitCode.FAILURE;
      };
    }
  }

  String url() {
    return url;
  }

  /** One segment of a path, or one value of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What a server says in JSON. */
  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(
          ExitCode.FAILURE, "the server's answer is not JSON: " + e.getOriginalMessage());
    }
  }

  Answer get(String path) {
    return send("GET", path, JSON);
  }

  /** What is at a path; a refusal ends the command. */
  JsonNode required(String path) {
    return get(path).required();
  }

  /** Sends a request without a body. */
  Answer send(String method, String path, String accept) {
    return answer(request(path, accept).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  /** Sends a request with a body and expects JSON. */
  Answer send(String method, String path, String contentType, String body) {
    return answer(
        request(path, JSON)
            .header("Content-Type", contentType)
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path, String accept) {
    try {
      return HttpRequest.newBuilder(URI.create(url + path))
          .timeout(ANSWER)
          .header("User-Agent", "leat/" + Version.text())
          .header("Accept", accept);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.USAGE, url + " is no address of a server (" + e.getMessage() + ")");
    }
  }

  private Answer answer(HttpRequest.Builder request) {
    HttpResponse<String> response = exchange(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return client.send(request, handler);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILURE, "interrupted");
    }
  }

  private CommandFailure unreachable(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        "cannot reach the server at " + url + ": " + why + "; is it running? ('leat check' looks)");
  }

  /**
   * Hands over each line of an answer as it comes, until the server ends it or {@code wanted} has
   * enough.
   *
   * @param wanted false for no more
   * @return null, or the answer when it was a failure
   */
  @Nullable Answer follow(String path, String accept, Predicate<String> wanted) {
    HttpResponse<InputStream> response =
        exchange(request(path, accept).build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() >= 300) {
        return new Answer(
            response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      String line = lines.readLine();
      while (line != null && (line.isEmpty() || wanted.test(line))) {
        line = lines.readLine();
      }
      return null;
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Writes what the server answers to a POST into a file, which appears whole or not at all. */
  void download(String path, Path into) {
    HttpRequest request =
        request(path, "*/*").timeout(COPY).POST(HttpRequest.BodyPublishers.noBody()).build();
    HttpResponse<InputStream> response = exchange(request, BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new CommandFailure(
            ExitCode.FAILURE, url + path + " answered " + response.statusCode());
      }
      Path folder = into.toAbsolutePath().getParent();
      Path part = Files.createTempFile(folder == null ? Path.of("") : folder, "backup", ".part");
      try {
        Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, into);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, "no backup from the server at " + url + ": " + e.getMessage());
    }
  }
}

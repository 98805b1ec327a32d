package io.leat.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a client command finds its server: {@code --server}, {@code LEAT_SERVER}, or the file that
 * a running Leat writes into its state directory.
 */
final class ServerOption {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Admin address of a running Leat (default: LEAT_SERVER, or .leat/admin.url).")
  private @Nullable String server;

  ServerOption() {}

  /** What the server answered. */
  record Answer(int status, String body) {}

  /**
   * Sends one request.
   *
   * @param accept value of the Accept header
   * @throws CommandFailure with exit code 7 when nobody answers
   */
  Answer send(String method, String path, String accept) {
    String url = url() + path;
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setRequestMethod(method);
      connection.setConnectTimeout(5_000);
      connection.setReadTimeout(60_000);
      connection.setRequestProperty("Accept", accept);
      int status = connection.getResponseCode();
      try (InputStream body =
          status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
        byte[] bytes = body == null ? new byte[0] : body.readAllBytes();
        return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, "cannot reach the server at " + url() + ": " + e.getMessage());
    }
  }

  private String url() {
    if (server != null) {
      return trimmed(server);
    }
    String fromEnvironment = System.getenv("LEAT_SERVER");
    if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
      return trimmed(fromEnvironment);
    }
    Path file = Path.of(".leat", "admin.url");
    try {
      return trimmed(Files.readString(file).trim());
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          "no server known: start one with 'leat run', or name it by --server or LEAT_SERVER");
    }
  }

  private static String trimmed(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }
}

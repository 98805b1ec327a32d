package io.leat.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  /** Whether the user said which server. */
  boolean isNamed() {
    return server != null;
  }

  /** The server that wrote its address into a state directory. */
  ServerOption within(Path stateDir) {
    ServerOption there = new ServerOption();
    try {
      there.server = Files.readString(stateDir.resolve("admin.url")).trim();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          "a Leat uses " + stateDir + " and its address is not known: name it by --server");
    }
    return there;
  }

  /**
   * Writes what the server answers to a POST into a file, which appears whole or not at all.
   *
   * @throws CommandFailure with exit code 7 when nobody answers
   */
  void download(String path, Path into) {
    String url = url() + path;
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setRequestMethod("POST");
      connection.setConnectTimeout(5_000);
      connection.setReadTimeout(600_000);
      if (connection.getResponseCode() != 200) {
        throw new CommandFailure(
            ExitCode.FAILURE, url + " answered " + connection.getResponseCode());
      }
      Path folder = into.toAbsolutePath().getParent();
      Path part = Files.createTempFile(folder == null ? Path.of("") : folder, "backup", ".part");
      try (InputStream body = connection.getInputStream()) {
        Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, into);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, "no backup from the server at " + url() + ": " + e.getMessage());
    }
  }

  /** The address of the server, without a final slash. */
  String url() {
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

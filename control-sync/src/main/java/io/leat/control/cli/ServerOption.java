package io.leat.control.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a client command finds its server: {@code --server}, {@code LEAT_SERVER}, or the file that
 * a running Leat writes into its state directory.
 */
final class ServerOption {
  private static final Path FILE = Path.of(".leat", "admin.url");

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Admin address of a running Leat (default: LEAT_SERVER, or .leat/admin.url).")
  private @Nullable String server;

  private @Nullable ServerClient client;

  ServerOption() {}

  /** The one client of a command. */
  ServerClient client() {
    ServerClient known = client;
    if (known == null) {
      known = new ServerClient(url());
      client = known;
    }
    return known;
  }

  /** Sends a request without a body; see {@link ServerClient}. */
  ServerClient.Answer send(String method, String path, String accept) {
    return client().send(method, path, accept);
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

  /** Where the address was found; empty when none is known. */
  String origin() {
    if (server != null) {
      return "--server";
    }
    String fromEnvironment = System.getenv("LEAT_SERVER");
    if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
      return "LEAT_SERVER";
    }
    return Files.isReadable(FILE) ? FILE.toString() : "";
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
    try {
      return trimmed(Files.readString(FILE).trim());
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

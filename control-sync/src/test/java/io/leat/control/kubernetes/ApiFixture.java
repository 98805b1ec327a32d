package io.leat.control.kubernetes;

import io.leat.control.api.kube.ApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** A store over Leat's own API, on a real port, with reflectors for the kinds of Serving. */
final class ApiFixture implements AutoCloseable {
  final ApiServer server;
  final ApiClient api;
  final KubernetesStore store;
  private final MirroredServer mirrored;

  ApiFixture(InstantSource clock, int retained) {
    this.server = ApiServer.bare(clock);
    this.api = client(server.url());
    this.mirrored = new MirroredServer(api, clock, retained);
    this.store = mirrored.store;
  }

  /** A client by way of a kubeconfig, as in a real start. */
  static ApiClient client(String url) {
    try {
      Path file = Files.createTempFile("kubeconfig", ".yaml");
      try {
        Files.writeString(
            file,
            """
            apiVersion: v1
            kind: Config
            clusters:
            - name: leat
              cluster: {server: "%s"}
            contexts:
            - name: leat
              context: {cluster: leat, namespace: team, user: ""}
            current-context: leat
            """
                .formatted(url));
        return ApiClient.connect(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the mirror is as the server. */
  void settle() {
    mirrored.settle();
  }

  @Override
  public void close() {
    mirrored.close();
    server.close();
  }
}

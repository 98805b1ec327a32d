package io.leat.control.kubernetes;

import io.leat.control.api.kube.ApiServer;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.balance.Draw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A store over Leat's own API, on a real port, with reflectors for the kinds of Serving. */
final class ApiFixture implements AutoCloseable {
  private static final List<Kind> KINDS =
      List.of(
          Kind.SERVICE,
          Kind.CONFIGURATION,
          Kind.REVISION,
          Kind.ROUTE,
          Kind.ENDPOINT_SLICE,
          Kind.DEPLOYMENT,
          Kind.CORE_SERVICE);

  final ApiServer server;
  final ApiClient api;
  final KubernetesStore store;
  private final Mirror mirror;
  private final List<Reflector> reflectors = new ArrayList<>();

  ApiFixture(InstantSource clock, int retained) {
    this.server = ApiServer.bare(clock);
    this.api = client(server.url());
    this.mirror = new Mirror(retained);
    this.store = new KubernetesStore(api, mirror, clock);
    Reports reports = new Reports(api, () -> true, Runnable::run, line -> {});
    Reflector.Ports ports = new Reflector.Ports(api, mirror, reports, Draw.xorshift(1));
    for (Kind kind : KINDS) {
      String labels = kind == Kind.DEPLOYMENT || kind == Kind.CORE_SERVICE ? Labels.REVISION : "";
      Reflector reflector = new Reflector(new Reflector.Collection(kind, null, labels), ports);
      reflectors.add(reflector);
      reflector.start();
    }
    for (Reflector reflector : reflectors) {
      reflector.listed().orTimeout(60, TimeUnit.SECONDS).join();
    }
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
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(60))
        .until(() -> versions(store).equals(versions(server.store())));
  }

  private static Map<ResourceKey, Long> versions(ResourceStore from) {
    Map<ResourceKey, Long> versions = new TreeMap<>();
    for (Kind kind : KINDS) {
      for (Resource resource : from.<List<Resource>>read(view -> view.list(kind))) {
        versions.put(resource.key(), resource.metadata().resourceVersion());
      }
    }
    return versions;
  }

  @Override
  public void close() {
    reflectors.forEach(Reflector::close);
    server.close();
    api.close();
  }
}

package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.kubernetes.ApiClient.Answer;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.store.Labels;
import io.leat.proxy.balance.Draw;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A store over any API server, with reflectors for the kinds of Serving. */
final class MirroredServer implements AutoCloseable {
  private static final Duration MOST = Duration.ofSeconds(60);
  private static final List<Kind> KINDS =
      List.of(
          Kind.SERVICE,
          Kind.CONFIGURATION,
          Kind.REVISION,
          Kind.ROUTE,
          Kind.ENDPOINT_SLICE,
          Kind.DEPLOYMENT,
          Kind.CORE_SERVICE);

  /** A server has some of its own. */
  private static final Set<Kind> LABELLED =
      Set.of(Kind.ENDPOINT_SLICE, Kind.DEPLOYMENT, Kind.CORE_SERVICE);

  final ApiClient api;
  final KubernetesStore store;
  private final List<Reflector> reflectors = new ArrayList<>();

  /** Of a server that a client speaks to; the client is closed with this. */
  MirroredServer(ApiClient api, InstantSource clock, int retained) {
    this.api = api;
    Mirror mirror = new Mirror(retained);
    this.store = new KubernetesStore(api, mirror, clock);
    Reports reports = new Reports(api, () -> true, Runnable::run, line -> {});
    Reflector.Ports ports = new Reflector.Ports(api, mirror, reports, Draw.xorshift(1));
    for (Kind kind : KINDS) {
      Reflector reflector =
          new Reflector(new Reflector.Collection(kind, null, labels(kind)), ports);
      reflectors.add(reflector);
      reflector.start();
    }
    for (Reflector reflector : reflectors) {
      reflector.listed().orTimeout(MOST.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  private static String labels(Kind kind) {
    return LABELLED.contains(kind) ? Labels.REVISION : "";
  }

  /** Waits until the mirror is as the server. */
  void settle() {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(MOST)
        .until(() -> mirrored().equals(versions(api)));
  }

  private Map<String, String> mirrored() {
    Map<String, String> versions = new TreeMap<>();
    for (Kind kind : KINDS) {
      for (Resource resource : store.<List<Resource>>read(view -> view.list(kind))) {
        versions.put(
            ApiPaths.of(resource.key()), Long.toString(resource.metadata().resourceVersion()));
      }
    }
    return versions;
  }

  private static Map<String, String> versions(ApiClient api) {
    Map<String, String> versions = new TreeMap<>();
    for (Kind kind : KINDS) {
      for (JsonNode item : items(api, kind)) {
        versions.put(path(kind, item), item.at("/metadata/resourceVersion").asText());
      }
    }
    return versions;
  }

  private static JsonNode items(ApiClient api, Kind kind) {
    String selected = new Reflector.Collection(kind, null, labels(kind)).path();
    Answer answer = api.get(selected + "resourceVersion=");
    assertThat(answer.succeeded()).as("%s", answer).isTrue();
    return answer.body().path("items");
  }

  private static String path(Kind kind, JsonNode item) {
    String collection = ApiPaths.of(kind, item.at("/metadata/namespace").asText());
    return collection + "/" + ApiPaths.escape(item.at("/metadata/name").asText());
  }

  /** Deletes all that a store of this kind would read, whoever holds it. */
  static void empty(ApiClient api) {
    for (Kind kind : KINDS) {
      for (JsonNode item : items(api, kind)) {
        String path = path(kind, item);
        if (!item.at("/metadata/finalizers").isEmpty()) {
          api.call("PATCH", path, ApiClient.MERGE_PATCH, "{\"metadata\":{\"finalizers\":null}}");
        }
        api.call("DELETE", path, ApiClient.JSON, "{\"propagationPolicy\":\"Background\"}");
      }
    }
    Awaitility.await().atMost(MOST).until(() -> versions(api).isEmpty());
  }

  @Override
  public void close() {
    reflectors.forEach(Reflector::close);
    api.close();
  }
}

package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leat with an API server as its truth, which is a second Leat: no pod runs there, so the slices
 * that the test writes stand for ready pods.
 */
class KubernetesIT {
  private static final String HOST = "shop.default.localhost";
  private static final String SERVING = "/apis/serving.knative.dev/v1/namespaces/default/";
  private static final String SLICES =
      "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments/";
  private static final int CHANGES = Integer.getInteger("leat.scenario.changes", 1_000);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path dir;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<HttpServer> origins = new ArrayList<>();
  private LeatProcess api;
  private Path apiState;

  @BeforeEach
  void startApi() {
    apiState = dir.resolve("api");
    api = LeatProcess.run(apiState, "--api-only");
  }

  @AfterEach
  void stop() {
    api.close();
    origins.forEach(origin -> origin.stop(0));
    client.close();
  }

  private LeatProcess leat(String state) {
    return LeatProcess.run(
        dir.resolve(state),
        "--kubernetes",
        "--kubeconfig",
        apiState.resolve("kubeconfig").toString());
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(180)).pollInterval(Duration.ofMillis(20));
  }

  private JsonNode call(String method, String path, String type, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api.admin() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 404);
      return MAPPER.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode get(String path) {
    return call("GET", path, "application/json", "");
  }

  /** With kubectl where it is installed. */
  private void apply(String yaml) throws IOException {
    if (Kubectl.isInstalled()) {
      Path file = Files.writeString(dir.resolve("apply.yaml"), yaml);
      new Kubectl(apiState).ok("apply", "--validate=false", "-f", file.toString());
      return;
    }
    for (String document : yaml.split("---\n", -1)) {
      if (!document.isBlank()) {
        String kind = document.contains("kind: Route") ? "routes" : "configurations";
        call("POST", SERVING + kind, "application/yaml", document);
      }
    }
  }

  private static String configuration(String name) {
    return """
    apiVersion: serving.knative.dev/v1
    kind: Configuration
    metadata: {name: %s, namespace: default}
    spec:
      template:
        metadata: {annotations: {autoscaling.knative.dev/min-scale: "1"}}
        spec: {containers: [{image: example.org/%s}]}
    ---
    """
        .formatted(name, name);
  }

  private static final String ROUTE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Route
      metadata: {name: shop, namespace: default}
      spec: {traffic: [{configurationName: a, percent: 100}]}
      """;

  /** An application of which the revision's slice tells. */
  private void origin(String name) throws IOException {
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    origin.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = name.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    origin.start();
    origins.add(origin);
    String revision = name + "-00001";
    await()
        .untilAsserted(() ->
            assertThat(get(DEPLOYMENTS + revision + "-deployment").at("/spec/replicas").asInt())
                .isEqualTo(1));
    call(
        "POST",
        SLICES,
        "application/json",
        "{'metadata':{'name':'"
            + revision
            + "-x','labels':{'serving.knative.dev/revision':'"
            + revision
            + "'}},'addressType':'IPv4','endpoints':[{'addresses':['127.0.0.1'],"
            + "'conditions':{'ready':true}}],'ports':[{'name':'http1','port':"
            + origin.getAddress().getPort()
            + "}]}");
  }

  private void split(int percent, String tag) {
    call(
        "PATCH",
        SERVING + "routes/shop",
        "application/merge-patch+json",
        "{'spec':{'traffic':[{'configurationName':'a','percent':"
            + (100 - percent)
            + "},{'configurationName':'b','percent':"
            + percent
            + ",'tag':'"
            + tag
            + "'}]}}");
  }

  private static void awaitTag(LeatProcess leat, String tag) {
    await()
        .until(() -> {
          try (KeepAliveClient probe = new KeepAliveClient(leat.httpPort())) {
            return probe.get(tag + "-" + HOST, "/").status() == 200;
          }
        });
  }

  /** Clients that send one request after another and note whatever is not a 200. */
  private static final class Load implements AutoCloseable {
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final LongAdder served = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();

    Load(int port) {
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofVirtual().start(() -> run(port)));
      }
    }

    private void run(int port) {
      try (KeepAliveClient one = new KeepAliveClient(port)) {
        while (running.get()) {
          KeepAliveClient.Answer answer = one.get(HOST, "/");
          served.increment();
          if (answer.status() != 200) {
            failures.add(answer.toString());
          }
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    @Override
    public void close() {
      running.set(false);
      try {
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      assertThat(failures).isEmpty();
      assertThat(served.sum()).isPositive();
    }
  }

  private static List<String> answers(LeatProcess leat, int count) throws IOException {
    List<String> bodies = new ArrayList<>();
    try (KeepAliveClient one = new KeepAliveClient(leat.httpPort())) {
      for (int i = 0; i < count; i++) {
        bodies.add(one.get(HOST, "/").body());
      }
    }
    return bodies;
  }

  @Test
  void changesAndDeathsOfTheApiServerFailNoRequest() throws Exception {
    apply(configuration("a") + configuration("b") + ROUTE);
    try (LeatProcess leat = leat("leat")) {
      origin("a");
      origin("b");
      await().until(() -> answers(leat, 1).equals(List.of("a")));
      await()
          .until(() ->
              get(SERVING + "routes/shop").at("/status/conditions").toString().contains("True"));
      try (Load load = new Load(leat.httpPort())) {
        long began = System.nanoTime();
        for (int i = 0; i < CHANGES; i++) {
          split(i % 100, "t" + i % 7);
        }
        split(100, "last");
        awaitTag(leat, "last");
        System.out.printf(
            "%d route changes in %d ms, %d requests meanwhile%n",
            CHANGES, (System.nanoTime() - began) / 1_000_000, load.served.sum());
        assertThat(answers(leat, 100)).containsOnly("b");
        for (int death = 0; death < 2; death++) {
          int port = api.adminPort();
          api.kill();
          assertThat(answers(leat, 100)).containsOnly(death == 0 ? "b" : "a");
          await().until(() -> leat.stderrText().contains("does not answer"));
          api = LeatProcess.runAt(port, apiState, "--api-only");
          split(death == 0 ? 0 : 100, "after" + death);
          awaitTag(leat, "after" + death);
          assertThat(answers(leat, 100)).containsOnly(death == 0 ? "a" : "b");
        }
      }
    }
  }

  @Test
  void aHostOfOnesOwnLeadsWhereItsMappingSays() throws Exception {
    String mappings = "/apis/serving.knative.dev/v1beta1/namespaces/default/domainmappings";
    String own = "shop.example.org";
    apply(configuration("a") + ROUTE);
    try (LeatProcess leat = leat("leat")) {
      origin("a");
      await().until(() -> answers(leat, 1).equals(List.of("a")));
      call(
          "POST",
          mappings,
          "application/json",
          "{'metadata':{'name':'shop.example.org'},'spec':{'ref':"
              + "{'apiVersion':'serving.knative.dev/v1','kind':'Route','name':'shop'}}}");
      try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        await().until(() -> client.get(own, "/").status() == 200);
        await()
            .untilAsserted(() ->
                assertThat(get(mappings + "/" + own).at("/status/conditions").toString())
                    .contains("{\"type\":\"Ready\",\"status\":\"True\""));
        call("DELETE", mappings + "/" + own, "application/json", "");
        await().until(() -> client.get(own, "/").status() == 404);
      }
    }
  }

  @Test
  void everyLeatServesOneWritesAndAnotherTakesOver() throws Exception {
    apply(configuration("a") + configuration("b") + ROUTE);
    try (LeatProcess leader = leat("leader")) {
      origin("a");
      origin("b");
      await().until(() -> answers(leader, 1).equals(List.of("a")));
      try (LeatProcess follower = leat("follower")) {
        await().until(() -> answers(follower, 1).equals(List.of("a")));
        split(100, "one");
        awaitTag(follower, "one");
        assertThat(answers(follower, 20)).containsOnly("b");
        String before = holder();
        leader.kill();
        assertThat(answers(follower, 20)).containsOnly("b");
        split(0, "two");
        awaitTag(follower, "two");
        assertThat(answers(follower, 20)).containsOnly("a");
        assertThat(holder()).isNotEqualTo(before).isNotEmpty();
      }
    }
  }

  private String holder() {
    return get("/apis/coordination.k8s.io/v1/namespaces/default/leases/leat")
        .at("/spec/holderIdentity")
        .asText();
  }
}

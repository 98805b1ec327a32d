package io.leat.control.api.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches over HTTP, as informers do it: list, watch from there, come back after a break. */
@Timeout(300)
class WatchTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final int CHANGES = Integer.getInteger("leat.watch-changes", 2_000);

  /** An informer: keeps a copy of a collection, and breaks its connection now and then. */
  private static final class Watcher {
    final Map<String, String> known = new ConcurrentSkipListMap<>();
    final AtomicInteger breaks = new AtomicInteger();
    private final ApiServer api;
    private final Random random;
    private volatile boolean stopped;
    private final Thread thread;

    Watcher(ApiServer api, long seed) {
      this.api = api;
      this.random = new Random(seed);
      this.thread = Thread.ofVirtual().start(this::run);
    }

    private void run() {
      String version = "";
      while (!stopped) {
        if (version.isEmpty()) {
          version = list();
        }
        version = watch(version);
        breaks.incrementAndGet();
      }
    }

    private String list() {
      JsonNode list = api.get(MAPS).body();
      Map<String, String> now = new TreeMap<>();
      list.path("items").forEach(item -> now.put(name(item), value(item)));
      known.keySet().retainAll(now.keySet());
      known.putAll(now);
      return list.at("/metadata/resourceVersion").asText();
    }

    private String watch(String from) {
      int events = 1 + random.nextInt(400);
      String version = from;
      try (BufferedReader lines = open(api, "&allowWatchBookmarks=true&resourceVersion=" + from)) {
        String line;
        while (!stopped && events-- > 0 && (line = lines.readLine()) != null) {
          JsonNode event = ApiServer.json(line);
          JsonNode object = event.get("object");
          switch (event.path("type").asText()) {
            case "ERROR" -> {
              assertThat(object.path("code").asInt()).isEqualTo(410);
              return "";
            }
            case "DELETED" -> known.remove(name(object));
            case "BOOKMARK" -> assertThat(object.at("/metadata/name").isMissingNode()).isTrue();
            default -> known.put(name(object), value(object));
          }
          version = object.at("/metadata/resourceVersion").asText();
        }
      } catch (IOException e) {
        // A broken connection is what this is about.
        return version;
      }
      return version;
    }

    void stop() {
      stopped = true;
      thread.interrupt();
    }
  }

  private static BufferedReader open(ApiServer api, String parameters) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(api.uri(MAPS + "?watch=1" + parameters)).GET().build();
    try {
      HttpResponse<InputStream> answer =
          api.client().send(request, HttpResponse.BodyHandlers.ofInputStream());
      assertThat(answer.statusCode()).isEqualTo(200);
      return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  private static String value(JsonNode object) {
    return object.at("/data/value").asText();
  }

  @Test
  void watchersConvergeThroughBreaks() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed + ", changes " + CHANGES);
    Random random = new Random(seed);
    // Few events are retained, so that some watchers come back too late and list again.
    try (ApiServer api = new ApiServer(100)) {
      List<Watcher> watchers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        watchers.add(new Watcher(api, seed + i));
      }
      Map<String, String> truth = new TreeMap<>();
      for (int i = 0; i < CHANGES; i++) {
        String name = "c" + random.nextInt(30);
        String value = "v" + i;
        if (!truth.containsKey(name)) {
          assertThat(api.post(MAPS, document(name, value)).status()).isEqualTo(201);
          truth.put(name, value);
        } else if (random.nextInt(4) == 0) {
          assertThat(api.delete(MAPS + "/" + name).status()).isEqualTo(200);
          truth.remove(name);
        } else {
          String patch = "{'data':{'value':'" + value + "'}}";
          assertThat(api.merge(MAPS + "/" + name, patch).status()).isEqualTo(200);
          truth.put(name, value);
        }
      }
      for (Watcher watcher : watchers) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(watcher.known).containsExactlyEntriesOf(truth));
        System.out.println("connections broken: " + watcher.breaks.get());
      }
      watchers.forEach(Watcher::stop);
    }
  }

  private static String document(String name, String value) {
    return "{'metadata':{'name':'" + name + "'},'data':{'value':'" + value + "'}}";
  }

  @Test
  void aVersionThatIsForgottenIsGone() throws IOException {
    try (ApiServer api = new ApiServer(5)) {
      for (int i = 0; i < 20; i++) {
        api.post(MAPS, document("c" + i, "v"));
      }
      try (BufferedReader lines = open(api, "&resourceVersion=1")) {
        JsonNode event = ApiServer.json(lines.readLine());
        assertThat(event.path("type").asText()).isEqualTo("ERROR");
        assertThat(event.at("/object/reason").asText()).isEqualTo("Expired");
        assertThat(event.at("/object/code").asInt()).isEqualTo(410);
        assertThat(lines.readLine()).isNull();
      }
    }
  }

  @Test
  void aSelectorTurnsChangesIntoComingAndGoing() throws IOException {
    try (ApiServer api = new ApiServer(100)) {
      api.post(MAPS, "{'metadata':{'name':'c','labels':{'on':'1'}}}");
      try (BufferedReader lines = open(api, "&labelSelector=on&timeoutSeconds=20")) {
        assertThat(ApiServer.json(lines.readLine()).path("type").asText()).isEqualTo("ADDED");
        api.merge(MAPS + "/c", "{'metadata':{'labels':{'on':null}}}");
        JsonNode left = ApiServer.json(lines.readLine());
        assertThat(left.path("type").asText()).isEqualTo("DELETED");
        api.merge(MAPS + "/c", "{'data':{'x':'y'}}");
        api.merge(MAPS + "/c", "{'metadata':{'labels':{'on':'2'}}}");
        JsonNode back = ApiServer.json(lines.readLine());
        assertThat(back.path("type").asText()).isEqualTo("ADDED");
        assertThat(back.at("/object/data/x").asText()).isEqualTo("y");
      }
    }
  }

  @Test
  void aWatchEndsWithABookmarkWhenItsTimeIsOver() throws IOException {
    try (ApiServer api = new ApiServer(100)) {
      api.post(MAPS, document("c", "v"));
      String options = "&timeoutSeconds=1&allowWatchBookmarks=true&sendInitialEvents=true";
      try (BufferedReader lines = open(api, options)) {
        assertThat(ApiServer.json(lines.readLine()).path("type").asText()).isEqualTo("ADDED");
        assertThat(lines.readLine()).contains("k8s.io/initial-events-end");
        JsonNode last = ApiServer.json(lines.readLine());
        assertThat(last.path("type").asText()).isEqualTo("BOOKMARK");
        assertThat(last.at("/object/metadata/resourceVersion").asLong())
            .isEqualTo(api.store.version());
        assertThat(lines.readLine()).isNull();
      }
    }
  }
}

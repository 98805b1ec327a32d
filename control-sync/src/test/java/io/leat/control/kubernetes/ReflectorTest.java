package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.balance.Draw;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a reflector does with a server that forgets, breaks off, and says what makes no sense. */
final class ReflectorTest {
  private static final String ROUTES = "/apis/serving.knative.dev/v1/routes";

  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<String> lists = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> watches = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> patches = new LinkedBlockingQueue<>();
  private final Queue<String> messages = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Mirror mirror = new Mirror(100);
  private HttpServer server;
  private ApiClient api;
  private Reflector reflector;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    api = ApiFixture.client("http://127.0.0.1:" + server.getAddress().getPort());
    Reports reports = new Reports(api, () -> true, threads, messages::add);
    reflector =
        new Reflector(
            new Reflector.Collection(Kind.ROUTE, null, ""),
            new Reflector.Ports(api, mirror, reports, Draw.xorshift(1)));
  }

  @AfterEach
  void stop() {
    reflector.close();
    api.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    try (exchange) {
      if (exchange.getRequestMethod().equals("PATCH")) {
        patches.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        send(exchange, 200, "{}");
        return;
      }
      requests.add(uri);
      BlockingQueue<String> answers = uri.contains("watch=true") ? watches : lists;
      String body = answers.poll(60, TimeUnit.SECONDS);
      if (body == null || body.isEmpty()) {
        return;
      }
      send(exchange, body.startsWith("410") ? 410 : 200, body.replaceFirst("^410", ""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String route(String name, String uid, int version, String traffic) {
    return "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"team\",\"uid\":\"%s\",\"generation\":2,"
            .formatted(name, uid)
        + "\"resourceVersion\":\"%s\",\"generateName\":\"x\",\"managedFields\":[{}]},"
            .formatted(version)
        + "\"spec\":{\"unheardOf\":1,\"traffic\":"
        + traffic
        + "}}";
  }

  private static String all(String revision) {
    return "[{\"revisionName\":\"" + revision + "\",\"percent\":100}]";
  }

  private static String list(int version, String... items) {
    return "{\"metadata\":{\"resourceVersion\":\"%s\"},\"items\":[%s]}"
        .formatted(version, String.join(",", items));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }

  private List<String> routes() {
    return mirror.<List<Resource>>read(view -> view.list(Kind.ROUTE)).stream()
        .map(route -> route.metadata().name() + "@" + route.metadata().resourceVersion())
        .toList();
  }

  private void awaitRoutes(String... expected) {
    Awaitility.await().untilAsserted(() -> assertThat(routes()).containsExactly(expected));
  }

  @Test
  void goesOnFromTheLastVersionAndListsAgainWhenThatIsForgotten() {
    lists.add(list(10, route("a", "ua", 7, all("r1")), route("b", "ub", 9, all("r1"))));
    watches.add(
        event("MODIFIED", route("a", "ua", 11, all("r2")))
            + event("DELETED", route("b", "ub", 12, all("r1")))
            + event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"20\"}}"));
    reflector.start();
    awaitRoutes("a@11");
    watches.add(event("ADDED", route("c", "uc", 21, all("r1"))));
    awaitRoutes("a@11", "c@21");
    watches.add(event("ERROR", "{\"code\":410}"));
    lists.add(list(40, route("c", "uc", 21, all("r1")), route("d", "ud", 33, all("r1"))));
    awaitRoutes("c@21", "d@33");
    watches.add("410{\"message\":\"too old\"}");
    lists.add(list(50));
    awaitRoutes();
    assertThat(requests)
        .extracting(uri -> uri.replaceAll("timeoutSeconds=[0-9]+", "t"))
        .startsWith(
            ROUTES + "?limit=500",
            ROUTES + "?watch=true&allowWatchBookmarks=true&t&resourceVersion=10",
            ROUTES + "?watch=true&allowWatchBookmarks=true&t&resourceVersion=20",
            ROUTES + "?watch=true&allowWatchBookmarks=true&t&resourceVersion=21",
            ROUTES + "?limit=500");
  }

  @Test
  void pagesOfAListAreOneList() {
    String page = list(10, route("a", "ua", 7, all("r1")));
    lists.add(page.replace("\"10\"}", "\"10\",\"continue\":\"a/b\"}"));
    lists.add(list(10, route("b", "ub", 9, all("r1"))));
    reflector.start();
    awaitRoutes("a@7", "b@9");
    assertThat(requests).element(1).isEqualTo(ROUTES + "?limit=500&continue=a%2Fb");
  }

  @Test
  void anUnansweredRequestIsMadeAgainAndSaidOnce() {
    lists.add("");
    lists.add("no json");
    lists.add(list(10, route("a", "ua", 7, all("r1"))));
    watches.add("");
    watches.add(event("MODIFIED", route("a", "ua", 11, all("r2"))));
    reflector.start();
    awaitRoutes("a@11");
    assertThat(messages).first().asString().startsWith("the API server does not answer");
    assertThat(messages).element(1).isEqualTo("the API server answers again");
  }

  @Test
  void whatMakesNoSenseChangesNothingAndIsSaidInItsCondition() throws Exception {
    lists.add(
        list(
            10,
            route("good", "ug", 6, all("r1")),
            route("shape", "us", 7, "\"all of it\""),
            route("rule", "ur", 8, "[{\"revisionName\":\"r1\",\"percent\":70}]")));
    watches.add(event("MODIFIED", route("good", "ug", 11, "[{\"percent\":\"many\"}]")));
    reflector.start();
    awaitRoutes("good@6");
    List<String> conditions = List.of(patches.take(), patches.take(), patches.take());
    assertThat(conditions).allMatch(patch -> patch.contains("\"reason\":\"InvalidSpec\""));
    assertThat(conditions).anyMatch(patch -> patch.contains("must be a list"));
    assertThat(conditions).anyMatch(patch -> patch.contains("100"));
    awaitRoutes("good@6");
    watches.add(event("MODIFIED", route("good", "ug", 12, all("r2"))));
    awaitRoutes("good@12");
  }

  @Test
  void olderNewsAndNewsOfWhatWeRemovedChangeNothing() {
    lists.add(list(10, route("a", "ua", 7, all("r1")), route("b", "ub", 9, all("r1"))));
    reflector.start();
    awaitRoutes("a@7", "b@9");
    ResourceKey b = new ResourceKey(Kind.ROUTE, "team", "b");
    mirror.removedByUs(b, "ub");
    watches.add(
        event("MODIFIED", route("b", "ub", 10, all("r2")))
            + event("MODIFIED", route("a", "ua", 6, all("r0")))
            + event("DELETED", route("b", "ub", 11, all("r2")))
            + event("ADDED", route("b", "ub2", 12, all("r1"))));
    awaitRoutes("a@7", "b@12");
    assertThat(mirror.version()).isEqualTo(4);
  }
}

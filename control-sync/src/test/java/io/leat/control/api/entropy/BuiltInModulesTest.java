package io.leat.control.api.entropy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.leat.control.api.entropy.EntropyServer.Answer;
import io.leat.control.module.LogBook;
import io.leat.control.module.SyncScope;
import io.leat.control.module.firehose.FirehoseModule;
import io.leat.control.module.process.ProcessModule;
import io.leat.control.module.process.ProcessRuntime;
import io.leat.control.runtime.LocalProcessSettings;
import io.leat.control.runtime.LocalProcesses;
import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.delivery.Courier;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.delivery.DeliveryLoop;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.telemetry.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Firehoses that carry lines and processes that run, over HTTP. */
class BuiltInModulesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String HOSE = "/resources/orn:entropy:firehose:bar:foo";
  private static final String TOOL = "/resources/orn:entropy:process:bar:tool";

  @TempDir Path folder;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicReference<Optional<ChannelEngine>> channels =
      new AtomicReference<>(Optional.empty());
  private volatile String document = "";
  private HttpServer peer;
  private FirehoseModule firehoses;
  private ProcessRuntime processes;
  private EntropyServer server;

  @BeforeEach
  void start() throws IOException {
    peer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    peer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    peer.createContext(
        "/sink",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean refused = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          if (!refused) {
            new String(body, UTF_8).lines().forEach(received::add);
          }
          exchange.sendResponseHeaders(refused ? 503 : 204, -1);
          exchange.close();
        });
    peer.createContext(
        "/source",
        exchange -> {
          byte[] body = document.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    peer.start();
    open();
    for (String kind : List.of("firehose", "process")) {
      assertThat(server.post("/modules", "{'name':'" + kind + "','project':'bar'}").status())
          .isEqualTo(200);
    }
  }

  private void open() {
    InstantSource clock = now::get;
    LogBook logs = new LogBook(clock);
    firehoses = new FirehoseModule(folder.resolve("positions"), clock, logs, channels::get);
    processes =
        new ProcessRuntime(
            () ->
                new LocalProcesses(
                    folder.resolve("modules"),
                    new LocalProcessSettings(
                        Duration.ofMillis(50),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        65_536,
                        2),
                    InstantSource.system(),
                    Ticker.system(),
                    _ -> {}),
            Executors::newSingleThreadScheduledExecutor,
            logs);
    server =
        new EntropyServer(
            new EntropyServer.Setup(
                folder.resolve("leat.db"),
                now,
                List.of(firehoses, new ProcessModule(processes, clock, folder)),
                2,
                SyncScope.ALL),
            logs);
  }

  @AfterEach
  void stop() {
    close();
    peer.stop(0);
  }

  private void close() {
    server.close();
    firehoses.close();
    processes.close();
  }

  private void restart() {
    close();
    open();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + peer.getAddress().getPort() + path;
  }

  private String configs(Path source, String sink, String more) {
    return "{'source':{'type':'file','path':'"
        + source
        + "','interval_millis':50},'sink':"
        + sink
        + more
        + "}";
  }

  private String httpSink() {
    return "{'type':'http','url':'" + url("/sink") + "'}";
  }

  private Answer create(String kind, String name, String configs) {
    return server.post(
        "/resources",
        "{'kind':'" + kind + "','project':'bar','name':'" + name + "','configs':" + configs + "}");
  }

  private JsonNode state(String path) {
    return server.get(path).resource().path("state");
  }

  /** Waits for something while time passes. */
  private void awaitThat(Callable<Boolean> condition) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          server.advance(Duration.ofMillis(500));
          return condition.call();
        });
  }

  private void awaitStatus(String path, String status) {
    awaitThat(() -> state(path).path("status").asText().equals(status));
  }

  private void act(String path, String action, String params) {
    Answer answer = server.post(path + "/actions/" + action, params);
    assertThat(answer.message()).isEmpty();
    awaitStatus(path, "STATUS_COMPLETED");
  }

  private static void append(Path file, String... lines) throws IOException {
    Files.write(file, List.of(lines), UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void aFirehosePostsTheLinesThatAFileGrowsBy() throws IOException {
    Path source = folder.resolve("in.log");
    append(source, "a", "b");
    assertThat(create("firehose", "foo", configs(source, httpSink(), "")).status()).isEqualTo(200);
    awaitStatus(HOSE, "STATUS_COMPLETED");
    awaitThat(() -> received.size() == 2);
    append(source, "c");
    awaitThat(() -> received.size() == 3);
    assertThat(received).containsExactly("a", "b", "c");
    JsonNode output = state(HOSE).path("output");
    assertThat(output.path("app").asText()).isEqualTo("entropy-firehose-bar-foo");
    assertThat(output.path("running").asBoolean()).isTrue();
    awaitThat(() -> state(HOSE).at("/output/delivered").asInt() == 3);
  }

  @Test
  void whatASinkRefusesIsDeliveredLaterAndInOrder() throws IOException {
    Path source = folder.resolve("in.log");
    refusals.set(2);
    append(source, "a", "b", "c");
    assertThat(create("firehose", "foo", configs(source, httpSink(), "")).status()).isEqualTo(200);
    awaitThat(() -> received.size() == 3);
    assertThat(received).containsExactly("a", "b", "c");
    awaitStatus(HOSE, "STATUS_COMPLETED");
    assertThat(state(HOSE).at("/output/failures").asInt()).isEqualTo(2);
    assertThat(logLines(HOSE)).anyMatch(line -> line.contains("WARN") && line.contains("503"));
  }

  @Test
  void aStoppedFirehoseGoesOnWhereItEndedAlsoInAnotherProcess() throws IOException {
    Path source = folder.resolve("in.log");
    append(source, "a");
    assertThat(create("firehose", "foo", configs(source, httpSink(), "")).status()).isEqualTo(200);
    awaitThat(() -> received.size() == 1);
    awaitStatus(HOSE, "STATUS_COMPLETED");
    act(HOSE, "stop", "{}");
    assertThat(state(HOSE).at("/output/running").asBoolean()).isFalse();
    append(source, "b");
    restart();
    assertThat(state(HOSE).at("/output/running").asBoolean()).isFalse();
    act(HOSE, "start", "{}");
    awaitThat(() -> received.size() == 2);
    restart();
    append(source, "c");
    awaitThat(() -> received.size() == 3);
    assertThat(received).containsExactly("a", "b", "c");
    assertThat(server.send("DELETE", HOSE, "").status()).isEqualTo(200);
    awaitThat(() -> server.get(HOSE).status() == 404);
    try (var left = Files.list(folder.resolve("positions"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aResetGoesBackToTheFirstLineOrOnToTheLast() throws IOException {
    Path source = folder.resolve("in.log");
    append(source, "a", "b");
    assertThat(create("firehose", "foo", configs(source, httpSink(), "")).status()).isEqualTo(200);
    awaitThat(() -> received.size() == 2);
    awaitStatus(HOSE, "STATUS_COMPLETED");
    act(HOSE, "reset", "{'to':'earliest'}");
    awaitThat(() -> received.size() == 4);
    act(HOSE, "stop", "{}");
    append(source, "skipped");
    act(HOSE, "reset", "{'to':'latest'}");
    act(HOSE, "start", "{}");
    append(source, "c");
    awaitThat(() -> received.contains("c"));
    assertThat(received).containsExactly("a", "b", "a", "b", "c");
    assertThat(server.post(HOSE + "/actions/reset", "{'to':'middle'}").message())
        .isEqualTo("bad_request: to: must be one of [\"earliest\",\"latest\"] (got \"middle\")");
  }

  @Test
  void replicasDeliverSideBySideAndLoseNothing() throws IOException {
    Path source = folder.resolve("in.log");
    String[] lines = IntStream.range(0, 2_000).mapToObj(i -> "line " + i).toArray(String[]::new);
    append(source, lines);
    Answer made = create("firehose", "foo", configs(source, httpSink(), ",'replicas':2"));
    assertThat(made.resource().at("/state/module_data/pending").toString())
        .isEqualTo("[\"check\",\"start\"]");
    awaitStatus(HOSE, "STATUS_COMPLETED");
    act(HOSE, "scale", "{'replicas':4}");
    assertThat(state(HOSE).at("/output/replicas").asInt()).isEqualTo(4);
    awaitThat(() -> new HashSet<>(received).size() == 2_000);
    assertThat(server.post(HOSE + "/actions/scale", "{'replicas':99}").message())
        .isEqualTo("bad_request: replicas: must be at most 16 (got 99)");
  }

  @Test
  void anHttpSourceIsAppendedToAFileWheneverItChanges() throws IOException {
    document = "one\ntwo\n";
    Path sink = folder.resolve("out.log");
    Answer made =
        create(
            "firehose",
            "foo",
            "{'source':{'type':'http','url':'"
                + url("/source")
                + "','interval_millis':50},'sink':{'type':'file','path':'"
                + sink
                + "'}}");
    assertThat(made.status()).isEqualTo(200);
    awaitThat(() -> Files.exists(sink) && Files.readAllLines(sink).size() == 2);
    document = "three\n";
    awaitThat(() -> Files.readAllLines(sink).size() == 3);
    assertThat(Files.readAllLines(sink)).containsExactly("one", "two", "three");
  }

  @Test
  void aFirehoseCarriesTheEventsOfAChannelAndKeepsItsPlaceInTheLog() throws Exception {
    MemoryLog log = new MemoryLog(64L << 20, Clock.systemUTC());
    ChannelId id = new ChannelId("bar", "orders");
    ExecutorService loop = Executors.newSingleThreadExecutor();
    try (ChannelEngine engine = engine(log, loop)) {
      engine.apply(List.of(new EventChannel(id, ChannelStorage.DEFAULT, List.of())));
      channels.set(Optional.of(engine));
      String configs =
          "{'source':{'type':'channel','name':'orders','interval_millis':50},'sink':"
              + httpSink()
              + "}";
      assertThat(create("firehose", "foo", configs).status()).isEqualTo(200);
      awaitThat(() -> !log.cursors().isEmpty());
      ingest(engine, id, "a", "b");
      awaitThat(() -> received.size() == 2);
      JsonNode first = MAPPER.readTree(received.getFirst());
      assertThat(first.path("id").asText()).isEqualTo("a");
      assertThat(first.at("/data/of").asText()).isEqualTo("a");
      refusals.set(1);
      ingest(engine, id, "c");
      awaitThat(() -> received.size() == 3);
      act(HOSE, "stop", "");
      ingest(engine, id, "d");
      engine.dropStrays(id);
      restart();
      assertThat(received).hasSize(3);
      act(HOSE, "start", "");
      awaitThat(() -> received.size() == 4);
      assertThat(received.getLast()).contains("\"id\":\"d\"");
      act(HOSE, "stop", "");
      ingest(engine, id, "e");
      act(HOSE, "reset", "{'to':'latest'}");
      act(HOSE, "start", "");
      ingest(engine, id, "f");
      awaitThat(() -> received.size() == 5);
      assertThat(received.getLast()).contains("\"id\":\"f\"");
      assertThat(server.send("DELETE", HOSE, "").status()).isEqualTo(200);
      awaitThat(() -> log.cursors().isEmpty());
    } finally {
      loop.shutdown();
    }
  }

  private static void ingest(ChannelEngine engine, ChannelId to, String... ids) throws Exception {
    List<CloudEvent> events = new ArrayList<>();
    for (String id : ids) {
      byte[] data = ("{\n  \"of\": \"" + id + "\"\r\n}\n").getBytes(UTF_8);
      events.add(
          new CloudEvent(
              Map.of(
                  "specversion",
                  "1.0",
                  "id",
                  id,
                  "source",
                  "/s",
                  "type",
                  "t",
                  "datacontenttype",
                  "application/json"),
              data));
    }
    CompletableFuture<Boolean> kept = new CompletableFuture<>();
    engine.ingest(to, events, refusal -> kept.complete(refusal == null));
    assertThat(kept.get(60, TimeUnit.SECONDS)).isTrue();
  }

  private static ChannelEngine engine(EventLog log, Executor loop) {
    ChannelEngine.Ports ports =
        new ChannelEngine.Ports(
            _ -> log,
            _ -> null,
            InstantSource.system(),
            Thread.ofPlatform().daemon().name("test-feeder").factory());
    return new ChannelEngine(ports, List.of(new IdleLoop(loop)), DeliveryLimits.DEFAULT);
  }

  /** A loop for Channels without Subscriptions: nothing is sent, and no time passes. */
  private record IdleLoop(Executor executor) implements DeliveryLoop {
    @Override
    public void execute(Runnable task) {
      executor.execute(task);
    }

    @Override
    public void after(long nanos, Runnable task) {
      // Nothing is retried where nothing is sent.
    }

    @Override
    public Courier courier() {
      return new Courier() {
        @Override
        public void send(Parcel parcel, Consumer<Attempt> ended) {
          throw new AssertionError("nobody is subscribed");
        }

        @Override
        public void stop() {
          // Nothing runs.
        }
      };
    }
  }

  @Test
  void aFirehoseEndsAtItsStopTime() throws IOException {
    Path source = folder.resolve("in.log");
    append(source, "a");
    Instant stop = now.get().plusSeconds(3600);
    assertThat(
            create("firehose", "foo", configs(source, httpSink(), ",'stop_time':'" + stop + "'"))
                .status())
        .isEqualTo(200);
    awaitStatus(HOSE, "STATUS_COMPLETED");
    assertThat(Instant.parse(state(HOSE).path("next_sync_at").asText())).isEqualTo(stop);
    assertThat(state(HOSE).at("/output/running").asBoolean()).isTrue();
    server.advance(Duration.ofHours(1));
    awaitThat(() -> !state(HOSE).at("/output/running").asBoolean());
    assertThat(state(HOSE).path("status").asText()).isEqualTo("STATUS_COMPLETED");
    awaitThat(() -> state(HOSE).path("next_sync_at").isNull());
  }

  /** The resource of the first design, which has a log level and nothing else. */
  @Test
  void aFirehoseWithoutSourceWaitsAndItsLogLevelGrows() {
    assertThat(create("firehose", "foo", "{'log_level':'INFO'}").status()).isEqualTo(200);
    awaitStatus(HOSE, "STATUS_COMPLETED");
    Answer executed = server.post(HOSE + "/execute", "{'action':'increase_log_level'}");
    assertThat(executed.resource().at("/spec/configs/log_level").asText()).isEqualTo("WARN");
    assertThat(executed.resource().at("/state/status").asText()).isEqualTo("STATUS_PENDING");
    awaitStatus(HOSE, "STATUS_COMPLETED");
    act(HOSE, "increase_log_level", "");
    assertThat(server.post(HOSE + "/execute", "{'action':'increase_log_level'}").message())
        .isEqualTo("bad_request: log_level is ERROR, the highest");
  }

  @Test
  void configsThatCannotWorkAreRefused() {
    assertThat(
            create("firehose", "foo", "{'source':{'type':'channel','namespace':'shop'}}").message())
        .isEqualTo("bad_request: source.name: is required");
    assertThat(create("firehose", "foo", "{'source':{'type':'file','path':'x.log'}}").message())
        .isEqualTo("bad_request: source.path: must be absolute (got 'x.log')");
    assertThat(create("firehose", "foo", "{'sink':{'type':'http','url':'ftp://x'}}").message())
        .isEqualTo("bad_request: sink.url: must be an http or https URL (got 'ftp://x')");
    assertThat(create("firehose", "foo", "{'sinks':{}}").message())
        .isEqualTo("bad_request: sinks: is not known");
    assertThat(create("firehose", "foo", "{'stop_time':'soon'}").status()).isEqualTo(400);
    // What only shows when it is done is an error of the resource.
    assertThat(
            create(
                    "firehose",
                    "foo",
                    "{'sink':{'type':'file','path':'" + folder.resolve("none/x.log") + "'}}")
                .status())
        .isEqualTo(200);
    awaitStatus(HOSE, "STATUS_ERROR");
    assertThat(state(HOSE).path("sync_last_error").asText()).startsWith("sink.path: no file can");
  }

  private List<String> logLines(String path) {
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = logs(path + "/logs?follow=false")) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(text(line));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return lines;
  }

  private static String text(String line) throws IOException {
    JsonNode data = MAPPER.readTree(line).at("/result/chunk/data");
    return new String(Base64.getDecoder().decode(data.asText()), UTF_8);
  }

  private BufferedReader logs(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/api/v1beta1" + path)).timeout(PATIENCE).build();
    try {
      InputStream body =
          server.client().send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
      return new BufferedReader(new InputStreamReader(body, UTF_8));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void logsAreFollowedWhileTheyAreWritten() throws IOException {
    assertThat(
            create(
                    "process",
                    "tool",
                    "{'command':['sh','-c','echo first; while read -r x; do :; done; exec sleep"
                        + " 1000'],'ready':'started'}")
                .status())
        .isEqualTo(200);
    awaitStatus(TOOL, "STATUS_COMPLETED");
    try (BufferedReader reader = logs(TOOL + "/logs")) {
      List<String> seen = new ArrayList<>();
      while (seen.stream().filter(line -> line.contains("first")).count() < 1) {
        seen.add(text(reader.readLine()));
      }
      act(TOOL, "restart", "{}");
      while (seen.stream().filter(line -> line.contains("first")).count() < 2) {
        seen.add(text(reader.readLine()));
      }
    }
  }

  @Test
  void aProcessIsStartedScaledStoppedAndDeleted() throws IOException {
    Path starts = folder.resolve("starts");
    Answer made =
        create(
            "process",
            "tool",
            "{'command':['sh','-c'],'args':['echo $A $PORT >> $OUT; exec sleep 1000'],'env':"
                + "{'A':'started','OUT':'"
                + starts
                + "'}}");
    assertThat(made.status()).isEqualTo(200);
    awaitStatus(TOOL, "STATUS_COMPLETED");
    assertThat(state(TOOL).at("/output/ready").asInt()).isEqualTo(1);
    awaitThat(() -> Files.exists(starts) && Files.readAllLines(starts).size() == 1);
    assertThat(Files.readString(starts)).matches("started [0-9]+\n");
    act(TOOL, "scale", "{'replicas':3}");
    assertThat(state(TOOL).at("/output/ready").asInt()).isEqualTo(3);
    awaitThat(() -> Files.readAllLines(starts).size() == 3);
    act(TOOL, "restart", "{}");
    awaitThat(() -> Files.readAllLines(starts).size() == 6);
    act(TOOL, "stop", "{}");
    assertThat(state(TOOL).at("/output/instances")).isEmpty();
    assertThat(server.post(TOOL + "/actions/restart", "{}").message())
        .isEqualTo("bad_request: it is stopped: start it");
    act(TOOL, "start", "{}");
    assertThat(state(TOOL).at("/output/ready").asInt()).isEqualTo(3);
    restart();
    awaitThat(() -> state(TOOL).at("/output/ready").asInt() == 3);
    assertThat(server.send("DELETE", TOOL, "").status()).isEqualTo(200);
    awaitThat(() -> server.get(TOOL).status() == 404);
  }

  @Test
  void aProcessThatCannotStartIsAnErrorWithItsLastWords() {
    assertThat(
            create("process", "tool", "{'command':['sh','-c','echo no licence; exit 3']}").status())
        .isEqualTo(200);
    awaitStatus(TOOL, "STATUS_ERROR");
    assertThat(state(TOOL).path("sync_last_error").asText()).contains("no licence");
    assertThat(create("process", "other", "{'command':[]}").message())
        .isEqualTo("bad_request: command: must not be empty");
    assertThat(create("process", "other", "{'command':['x'],'env':{'A':1}}").message())
        .isEqualTo("bad_request: env.A: must be of type string");
  }

  @Test
  void aProcessThatHangsInItsStartCanBeStopped() {
    assertThat(create("process", "tool", "{'command':['sleep','1000'],'ready':'tcp'}").status())
        .isEqualTo(200);
    awaitThat(() -> state(TOOL).at("/module_data/pending/0").asText().equals("ready"));
    act(TOOL, "stop", "{}");
    assertThat(state(TOOL).at("/output/instances")).isEmpty();
  }
}

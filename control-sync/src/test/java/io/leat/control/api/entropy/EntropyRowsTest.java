package io.leat.control.api.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.api.entropy.EntropyServer.Answer;
import io.leat.control.jobs.JobCounters.Outcome;
import io.leat.control.module.ModuleSync;
import io.leat.control.module.SyncScope;
import io.leat.control.module.Urn;
import io.leat.control.store.jobs.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows EN1 to EN26 that Entropy's resources are held to, over HTTP and a store in a file. */
class EntropyRowsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SHOP = "orn:entropy:probe:bar:shop";

  @TempDir Path folder;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
  private final ProbeModule probe = new ProbeModule("probe", Map.of());
  private final ProbeModule child = new ProbeModule("child", Map.of("base", "probe"));
  private EntropyServer server;

  private EntropyServer.Setup setup() {
    return new EntropyServer.Setup(
        folder.resolve("leat.db"), now, List.of(probe, child), 2, SyncScope.ALL);
  }

  @BeforeEach
  void start() {
    server = new EntropyServer(setup());
    for (String project : List.of("bar", "p0", "p1")) {
      enable("probe", project);
      enable("child", project);
    }
  }

  private void enable(String kind, String project) {
    Answer made = server.post("/modules", "{'name':'" + kind + "','project':'" + project + "'}");
    assertThat(made.status()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void restart(EntropyServer.Setup setup) {
    server.close();
    server = new EntropyServer(setup);
  }

  private static String body(String project, String name, String configs) {
    return "{'kind':'probe','project':'"
        + project
        + "','name':'"
        + name
        + "','spec':{'configs':"
        + configs
        + "}}";
  }

  private Answer create(String name, String configs) {
    return server.post("/resources", body("bar", name, configs));
  }

  private Answer patch(String urn, String body, String... headers) {
    return server.send("PATCH", "/resources/" + urn, body, headers);
  }

  private JsonNode state(String urn) {
    return server.get("/resources/" + urn).resource().path("state");
  }

  private String status(String urn) {
    return state(urn).path("status").asText();
  }

  private void awaitStatus(String urn, String status) {
    await().atMost(PATIENCE).until(() -> status(urn).equals(status));
  }

  private void completed(String name, String configs) {
    assertThat(create(name, configs).status()).isEqualTo(200);
    awaitStatus("orn:entropy:probe:bar:" + name, "STATUS_COMPLETED");
  }

  /** Holds every step until the latch opens. */
  private CountDownLatch hold() {
    CountDownLatch go = new CountDownLatch(1);
    probe.hook = (_, _) -> go.await();
    return go;
  }

  private static void refused(Answer answer, int status, String message) {
    assertThat(answer.message()).isEqualTo(message);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body().path("code").isInt()).isTrue();
  }

  @Test
  void en1ACreatedResourceIsPendingUnderItsUrn() {
    CountDownLatch go = hold();
    Answer made = create("shop", "{'steps':2}");
    assertThat(made.status()).isEqualTo(200);
    JsonNode resource = made.resource();
    assertThat(resource.path("urn").asText()).isEqualTo(SHOP);
    assertThat(resource.at("/state/status").asText()).isEqualTo("STATUS_PENDING");
    assertThat(resource.path("created_at")).isEqualTo(resource.path("updated_at"));
    assertThat(resource.path("created_by").asText()).isEqualTo("ada");
    assertThat(resource.at("/spec/configs/steps").asInt()).isEqualTo(2);
    assertThat(resource.path("uid").asText()).isNotEmpty();
    assertThat(made.etag()).isEqualTo("\"" + resource.path("version").asLong() + "\"");
    go.countDown();
    awaitStatus(SHOP, "STATUS_COMPLETED");
  }

  /** The spelling of the first design: parent, and the fields of the spec at the top. */
  @Test
  void en1TheOlderSpellingsAreTakenAndOneIsWritten() {
    completed("base", "{}");
    Answer made =
        server.post(
            "/resources",
            "{'name':'foo','parent':'bar','kind':'child','configs':{'log_level':'INFO'},"
                + "'dependencies':{'base':'orn:entropy:probe:base'}}");
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.resource().path("project").asText()).isEqualTo("bar");
    assertThat(made.resource().at("/spec/configs/log_level").asText()).isEqualTo("INFO");
    assertThat(made.resource().at("/spec/dependencies/0/value").asText())
        .isEqualTo("orn:entropy:probe:bar:base");
    awaitStatus("orn:entropy:child:bar:foo", "STATUS_COMPLETED");
    Answer executed =
        server.post("/resources/orn:entropy:child:bar:foo/execute", "{'action':'poke'}");
    assertThat(executed.resource().at("/state/status").asText()).isEqualTo("STATUS_PENDING");
    assertThat(server.get("/resources/urn:odpf:entropy:child:bar:foo").status()).isEqualTo(200);
  }

  @Test
  void en2AUrnIsGivenOnce() {
    completed("shop", "{}");
    String message = "conflict: resource with urn '" + SHOP + "' already exists";
    refused(create("shop", "{}"), 409, message);
    assertThat(create("shop", "{}").body().path("code").asInt()).isEqualTo(6);
    Answer dry = server.post("/resources?dry_run=true", body("bar", "shop", "{}"));
    refused(dry, 409, message);
    Answer other = server.post("/resources?dry_run=true", body("bar", "other", "{}"));
    assertThat(other.status()).isEqualTo(200);
    assertThat(server.get("/resources/orn:entropy:probe:bar:other").status()).isEqualTo(404);
  }

  @Test
  void en3NamesHaveTheirSyntax() {
    assertThat(create("", "{}").status()).isEqualTo(400);
    assertThat(server.post("/resources", "{'kind':'','project':'bar','name':'x'}").status())
        .isEqualTo(400);
    assertThat(server.post("/resources", body("978997", "x", "{}")).status()).isEqualTo(400);
    assertThat(create("a b", "{}").message()).contains("name must match");
    assertThat(create("112233", "{}").status()).isEqualTo(200);
    assertThat(create("12a1lpha", "{}").status()).isEqualTo(200);
  }

  private Answer childOf(String urn) {
    return server.post(
        "/resources",
        "{'kind':'child','project':'bar','name':'kid','spec':{'configs':{},'dependencies':"
            + "[{'key':'base','value':'"
            + urn
            + "'}]}}");
  }

  @Test
  void en4ADependencyMustBeThereCompleteAndInTheProject() {
    refused(
        childOf("orn:entropy:probe:bar:none"),
        400,
        "bad_request: dependency 'orn:entropy:probe:bar:none' not found");
    CountDownLatch go = hold();
    assertThat(create("shop", "{}").status()).isEqualTo(200);
    refused(
        childOf(SHOP),
        400,
        "bad_request: dependency '" + SHOP + "' is in incomplete state (STATUS_PENDING)");
    assertThat(server.post("/resources", body("p0", "far", "{'at_once':true}")).status())
        .isEqualTo(200);
    refused(
        childOf("orn:entropy:probe:p0:far"),
        400,
        "bad_request: dependency 'orn:entropy:probe:p0:far' not found");
    go.countDown();
    awaitStatus(SHOP, "STATUS_COMPLETED");
    assertThat(childOf(SHOP).status()).isEqualTo(200);
  }

  @Test
  void en4ADependencyMustBeOfTheKindThatTheModuleNames() {
    refused(
        server.post("/resources", "{'kind':'child','project':'bar','name':'kid'}"),
        400,
        "bad_request: kind 'child' needs resource of kind 'probe' at key 'base'");
    completed("shop", "{}");
    assertThat(childOf(SHOP).status()).isEqualTo(200);
    awaitStatus("orn:entropy:child:bar:kid", "STATUS_COMPLETED");
    refused(
        server.post(
            "/resources",
            "{'kind':'child','project':'bar','name':'kid2','dependencies':"
                + "{'base':'orn:entropy:child:bar:kid'}}"),
        400,
        "bad_request: value for 'base' must be of kind 'probe', not 'child'");
    refused(
        server.post(
            "/resources",
            "{'kind':'child','project':'bar','name':'kid2','dependencies':"
                + "[{'key':'base','value':'"
                + SHOP
                + "'},{'key':'base','value':'"
                + SHOP
                + "'}]}"),
        400,
        "bad_request: dependency key 'base' is given twice");
    refused(
        server.post("/resources", "{'kind':'kafka','project':'bar','name':'kid2'}"),
        400,
        "bad_request: kind 'kafka' is not valid in project 'bar'");
  }

  @Test
  void en5APlanThatFailsIsTheCallersFaultOrNot() {
    refused(create("shop", "{'plan':'bad'}"), 400, "bad_request: there is no such topic");
    Answer broken = create("shop", "{'plan':'broken'}");
    refused(broken, 500, "internal_error: plan() failed: the topics cannot be counted");
    assertThat(server.get("/resources/" + SHOP).status()).isEqualTo(404);
  }

  @Test
  void en6ConfigsThatBreakTheSchemaAreRefused() {
    refused(
        create("shop", "'{}'"), 400, "bad_request: (root): must be of type object (got string)");
    refused(
        create("shop", "{'steps':'two'}"),
        400,
        "bad_request: steps: must be of type integer (got string)");
    assertThat(server.post("/resources", "{'kind':").status()).isEqualTo(400);
  }

  @Test
  void en7WhatIsNotThereIsNotFound() {
    String path = "/resources/orn:entropy:probe:bar:none";
    String message = "not_found: resource with urn 'orn:entropy:probe:bar:none' not found";
    refused(server.get(path), 404, message);
    refused(server.send("PATCH", path, "{'new_spec':{'configs':{'a':1}}}"), 404, message);
    refused(server.send("DELETE", path, ""), 404, message);
    refused(server.post(path + "/actions/poke", "{}"), 404, message);
    refused(server.post(path + "/execute", "{'action':'poke'}"), 404, message);
    refused(server.get(path + "/logs"), 404, message);
    refused(server.get(path + "/revisions"), 404, message);
    refused(
        server.get("/resources/nonsense"),
        404,
        "not_found: resource with urn 'nonsense' not found");
  }

  @Test
  void en8NobodyActsOnWhatIsPending() {
    CountDownLatch go = hold();
    assertThat(create("shop", "{}").status()).isEqualTo(200);
    String end = "' on resource in 'STATUS_PENDING'";
    refused(
        patch(SHOP, "{'configs':{'steps':2}}"), 400, "bad_request: cannot perform 'update" + end);
    refused(
        server.send("DELETE", "/resources/" + SHOP, ""),
        400,
        "bad_request: cannot perform 'delete" + end);
    refused(
        server.post("/resources/" + SHOP + "/actions/poke", "{}"),
        400,
        "bad_request: cannot perform 'poke" + end);
    // Only what a module declares to be possible at any time is.
    Answer halted = server.post("/resources/" + SHOP + "/actions/halt", "{}");
    assertThat(halted.status()).isEqualTo(200);
    go.countDown();
    awaitStatus(SHOP, "STATUS_COMPLETED");
    await().atMost(PATIENCE).until(() -> server.store.jobs().open(ModuleSync.SYNC) == 0);
    assertThat(state(SHOP).path("output").path("app").isMissingNode()).isTrue();
  }

  @Test
  void en9AnUpdateIsStoredAndADryRunLeavesNoTrace() {
    completed("shop", "{'steps':1}");
    long version = server.store.version();
    int jobs = server.store.jobs().ofKey(SHOP).size();
    await().atMost(PATIENCE).until(() -> server.store.jobs().open(ModuleSync.SYNC) == 0);
    long done = server.runner.counters().total(ModuleSync.SYNC, Outcome.DONE);
    Answer dry = patch(SHOP, "{'new_spec':{'configs':{'steps':3}},'dry_run':true}");
    assertThat(dry.resource().at("/spec/configs/steps").asInt()).isEqualTo(3);
    assertThat(dry.resource().at("/state/status").asText()).isEqualTo("STATUS_PENDING");
    assertThat(dry.resource().at("/state/module_data/pending")).hasSize(3);
    Answer plan =
        server.post("/resources/" + SHOP + "/plan", "{'action':'update','params':{'steps':3}}");
    assertThat(plan.resource().at("/spec/configs/steps").asInt()).isEqualTo(3);
    // The body of an action is its params, and may say it all the same.
    Answer acted =
        server.post("/resources/" + SHOP + "/actions/update", "{'steps':3,'dry_run':true}");
    assertThat(acted.resource().at("/spec/configs").toString()).isEqualTo("{\"steps\":3}");
    Answer gone = server.send("DELETE", "/resources/" + SHOP + "?dry_run=true", "");
    assertThat(gone.resource().at("/state/module_data/pending/0").asText()).isEqualTo("delete-1");
    assertThat(server.store.version()).isEqualTo(version);
    assertThat(server.runner.counters().total(ModuleSync.SYNC, Outcome.DONE)).isEqualTo(done);
    assertThat(server.store.jobs().ofKey(SHOP)).hasSize(jobs);
    assertThat(server.get("/resources/" + SHOP + "/revisions").body().path("revisions")).hasSize(1);
    Answer updated = patch(SHOP, "{'new_spec':{'configs':{'steps':3}}}");
    assertThat(updated.status()).isEqualTo(200);
    awaitStatus(SHOP, "STATUS_COMPLETED");
    assertThat(server.get("/resources/" + SHOP).resource().at("/spec/configs/steps").asInt())
        .isEqualTo(3);
    assertThat(server.get("/resources/" + SHOP + "/revisions").body().path("revisions")).hasSize(2);
  }

  @Test
  void en10DependenciesStayAndAnUpdateNeedsConfigs() {
    completed("shop", "{'steps':1}");
    Answer dependencies =
        patch(SHOP, "{'new_spec':{'configs':{'a':1},'dependencies':[{'key':'k','value':'v'}]}}");
    refused(dependencies, 501, "unsupported: updating dependencies is not supported");
    assertThat(dependencies.body().path("code").asInt()).isEqualTo(12);
    String nothing = "bad_request: no config is being updated, nothing to do";
    refused(patch(SHOP, "{'new_spec':{'configs':{}}}"), 400, nothing);
    refused(patch(SHOP, "{}"), 400, nothing);
  }

  @Test
  void en11LabelsAreMergedAndAnEmptyOneGoes() {
    assertThat(
            server
                .post(
                    "/resources",
                    "{'kind':'probe','project':'bar','name':'shop','labels':{'a':'1','b':'2'}}")
                .status())
        .isEqualTo(200);
    awaitStatus(SHOP, "STATUS_COMPLETED");
    Answer acted =
        server.post(
            "/resources/" + SHOP + "/execute", "{'action':'poke','labels':{'b':'','c':'3'}}");
    assertThat(acted.resource().path("labels").toString()).isEqualTo("{\"a\":\"1\",\"c\":\"3\"}");
    awaitStatus(SHOP, "STATUS_COMPLETED");
    Answer byQuery =
        server.post("/resources/" + SHOP + "/actions/poke?labels%5Ba%5D=&labels%5Bd%5D=4", "{}");
    assertThat(byQuery.resource().path("labels").toString()).isEqualTo("{\"c\":\"3\",\"d\":\"4\"}");
    awaitStatus(SHOP, "STATUS_COMPLETED");
    Answer alone = patch(SHOP, "{'labels':{'e':'5'}}");
    assertThat(alone.resource().at("/labels/e").asText()).isEqualTo("5");
  }

  @Test
  void en12StepsRunInOrderAndTheStateIsPendingBetweenThem() {
    Set<String> seen = new HashSet<>();
    probe.hook = (resource, _) -> seen.add(resource.state().phase().text());
    completed("shop", "{'steps':3}");
    assertThat(probe.steps).containsExactly("shop create-1", "shop create-2", "shop create-3");
    assertThat(seen).containsExactly("STATUS_PENDING");
    assertThat(state(SHOP).path("module_data").isNull()).isTrue();
    assertThat(state(SHOP).at("/output/app").asText()).isEqualTo("probe-shop");
    assertThat(state(SHOP).at("/conditions/0/status").asText()).isEqualTo("True");
  }

  private void awaitRetries(int retries) {
    await().atMost(PATIENCE).until(() -> state(SHOP).path("sync_retries").asInt() == retries);
    await()
        .atMost(PATIENCE)
        .until(() ->
            server.store.jobs().ofKey(SHOP).stream()
                .noneMatch(job -> job.state() == Job.State.RUNNING));
  }

  @Test
  void en13WhatFailsForATimeIsTriedAgain() {
    probe.failures.set(3);
    assertThat(create("shop", "{}").status()).isEqualTo(200);
    for (int retries = 1; retries <= 3; retries++) {
      awaitRetries(retries);
      JsonNode state = state(SHOP);
      assertThat(state.path("status").asText()).isEqualTo("STATUS_PENDING");
      assertThat(state.path("sync_last_error").asText()).isEqualTo("the cluster does not answer");
      Instant next = Instant.parse(state.path("next_sync_at").asText());
      Duration pause = Duration.between(now.get(), next);
      assertThat(pause).isEqualTo(Duration.ofSeconds(5L << (retries - 1)));
      server.advance(pause);
    }
    awaitStatus(SHOP, "STATUS_COMPLETED");
    assertThat(state(SHOP).path("sync_retries").asInt()).isZero();
    assertThat(state(SHOP).path("sync_last_error").asText()).isEmpty();
    assertThat(state(SHOP).path("next_sync_at").isNull()).isTrue();
    assertThat(probe.steps).hasSize(4);
  }

  @Test
  void en14AfterFiveFailuresItIsAnErrorThatUsersMayMend() {
    probe.failures.set(Integer.MAX_VALUE);
    assertThat(create("shop", "{}").status()).isEqualTo(200);
    for (int retries = 1; retries < 5; retries++) {
      awaitRetries(retries);
      server.advance(Duration.ofMinutes(2));
    }
    awaitStatus(SHOP, "STATUS_ERROR");
    assertThat(probe.steps).hasSize(5);
    assertThat(state(SHOP).path("next_sync_at").isNull()).isTrue();
    assertThat(state(SHOP).at("/conditions/0/reason").asText()).isEqualTo("SyncFailed");
    probe.failures.set(0);
    assertThat(server.post("/resources/" + SHOP + "/actions/poke", "{}").status()).isEqualTo(200);
    awaitStatus(SHOP, "STATUS_COMPLETED");
  }

  /** Elsewhere the job failed and the resource stayed pending, and nobody could act on it again. */
  @Test
  void en14DefectTenWhatNoAttemptCanMendIsAnErrorAtOnce() {
    assertThat(create("shop", "{'sync':'bad'}").status()).isEqualTo(200);
    awaitStatus(SHOP, "STATUS_ERROR");
    assertThat(state(SHOP).path("sync_last_error").asText())
        .isEqualTo("the cluster takes no such thing");
    assertThat(probe.steps).hasSize(1);
    await().atMost(PATIENCE).until(() -> server.store.jobs().open(ModuleSync.SYNC) == 0);
    assertThat(patch(SHOP, "{'configs':{'steps':1}}").status()).isEqualTo(200);
    awaitStatus(SHOP, "STATUS_COMPLETED");
  }

  @Test
  void en15AScopedWorkerSyncsItsProjectOnly() {
    restart(setup().scope(new SyncScope(Map.of("project", "p0"))));
    assertThat(server.post("/resources", body("p1", "shop", "{}")).status()).isEqualTo(200);
    assertThat(server.post("/resources", body("p0", "shop", "{}")).status()).isEqualTo(200);
    awaitStatus("orn:entropy:probe:p0:shop", "STATUS_COMPLETED");
    assertThat(status("orn:entropy:probe:p1:shop")).isEqualTo("STATUS_PENDING");
    assertThat(probe.steps).containsExactly("shop create-1");
    assertThatThrownBy(() -> new SyncScope(Map.of("team", "x")))
        .hasMessageContaining("no column 'team'");
    restart(setup());
    awaitStatus("orn:entropy:probe:p1:shop", "STATUS_COMPLETED");
  }

  @Test
  void en16EightWorkersNeverSyncOneResourceTwiceAtATime() {
    restart(setup().workers(8));
    probe.hook = (_, _) -> new CountDownLatch(1).await(2, TimeUnit.MILLISECONDS);
    List<String> urns = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      assertThat(create("shop" + i, "{'steps':3}").status()).isEqualTo(200);
      urns.add("orn:entropy:probe:bar:shop" + i);
    }
    await().atMost(PATIENCE).until(() -> server.store.jobs().open(ModuleSync.SYNC) == 0);
    assertThat(urns).allMatch(urn -> status(urn).equals("STATUS_COMPLETED"));
    assertThat(probe.overlaps).hasValue(0);
    assertThat(probe.steps).hasSize(300);
  }

  @Test
  void en17AnotherWorkerGoesOnWithTheStepThatAKilledOneWasAt() {
    AtomicReference<Thread> at = new AtomicReference<>();
    probe.hook =
        (_, step) -> {
          if (step.equals("create-2")) {
            at.set(Thread.currentThread());
            new CountDownLatch(1).await();
          }
        };
    assertThat(create("shop", "{'steps':3}").status()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> at.get() != null);
    Job running = server.store.jobs().ofKey(SHOP).getFirst();
    assertThat(running.state()).isEqualTo(Job.State.RUNNING);
    probe.hook = (_, _) -> {};
    // The worker gets no chance to put its job back, as when its process is killed.
    server.store.close();
    server.close();
    assertThat(probe.steps).containsExactly("shop create-1", "shop create-2");
    server = new EntropyServer(setup());
    Job kept = server.store.jobs().ofKey(SHOP).getFirst();
    assertThat(kept.leaseOwner()).isEqualTo(running.leaseOwner());
    assertThat(status(SHOP)).isEqualTo("STATUS_PENDING");
    server.advance(Duration.ofSeconds(31));
    awaitStatus(SHOP, "STATUS_COMPLETED");
    assertThat(probe.steps)
        .containsExactly("shop create-1", "shop create-2", "shop create-2", "shop create-3");
  }

  @Test
  void en18AWorkerThatLostItsLeaseOverwritesNothing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    probe.hook =
        (_, _) -> {
          if (runs.incrementAndGet() == 1) {
            begun.countDown();
            boolean interrupted = true;
            while (interrupted) {
              interrupted = false;
              try {
                late.await();
              } catch (InterruptedException e) {
                // A driver that does not listen is the case at hand.
                interrupted = true;
              }
            }
          }
        };
    assertThat(create("shop", "{'steps':1}").status()).isEqualTo(200);
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    // The first worker misses its beat, and the second one takes over.
    await()
        .atMost(PATIENCE)
        .until(() -> {
          server.advance(Duration.ofSeconds(31));
          return runs.get() > 1;
        });
    awaitStatus(SHOP, "STATUS_COMPLETED");
    long version = server.get("/resources/" + SHOP).resource().path("version").asLong();
    late.countDown();
    await()
        .atMost(PATIENCE)
        .until(() -> server.runner.counters().total(ModuleSync.SYNC, Outcome.LOST) == 1);
    assertThat(server.get("/resources/" + SHOP).resource().path("version").asLong())
        .isEqualTo(version);
    assertThat(server.store.jobs().ofKey(SHOP).getFirst().state()).isEqualTo(Job.State.DONE);
  }

  /** There, a GET wrote the output that it found, over whatever a worker had just written. */
  @Test
  void en19DefectTwoReadingNeverWrites() {
    CountDownLatch go = hold();
    assertThat(create("shop", "{'steps':2}").status()).isEqualTo(200);
    long version = server.store.version();
    for (int i = 0; i < 1000; i++) {
      assertThat(server.get("/resources/" + SHOP).status()).isEqualTo(200);
    }
    assertThat(server.store.version()).isEqualTo(version);
    go.countDown();
    awaitStatus(SHOP, "STATUS_COMPLETED");
  }

  /** There, a deleted resource was complete, and kept its name for ever. */
  @Test
  void en20DefectThreeADeletedResourceGoesAndItsRevisionsStay() {
    completed("shop", "{'steps':1}");
    String uid = server.get("/resources/" + SHOP).resource().path("uid").asText();
    CountDownLatch go = hold();
    assertThat(server.send("DELETE", "/resources/" + SHOP, "").status()).isEqualTo(200);
    JsonNode leaving = server.get("/resources/" + SHOP).resource();
    assertThat(leaving.at("/state/status").asText()).isEqualTo("STATUS_PENDING");
    assertThat(leaving.at("/state/module_data/pending/0").asText()).isEqualTo("delete-1");
    go.countDown();
    await().atMost(PATIENCE).until(() -> server.get("/resources/" + SHOP).status() == 404);
    completed("shop", "{'steps':2}");
    assertThat(server.get("/resources/" + SHOP).resource().path("uid").asText()).isNotEqualTo(uid);
    restart(setup());
    JsonNode kept =
        server.get("/resources/" + SHOP + "/revisions?uid=" + uid).body().path("revisions");
    assertThat(reasons(kept)).containsExactly("action:delete", "action:create");
    assertThat(kept.at("/1/spec/configs/steps").asInt()).isEqualTo(1);
    assertThat(server.get("/resources?project=bar").body().path("resources")).hasSize(1);
  }

  private static List<String> reasons(JsonNode revisions) {
    return StreamSupport.stream(revisions.spliterator(), false)
        .map(revision -> revision.path("reason").asText())
        .toList();
  }

  @Test
  void en21WhatIsUsedStaysAndNothingDependsOnItself() {
    completed("shop", "{}");
    assertThat(childOf(SHOP).status()).isEqualTo(200);
    awaitStatus("orn:entropy:child:bar:kid", "STATUS_COMPLETED");
    Answer used = server.send("DELETE", "/resources/" + SHOP, "");
    refused(used, 409, "conflict: resource '" + SHOP + "' is used by 'orn:entropy:child:bar:kid'");
    assertThat(used.body().path("code").asInt()).isEqualTo(10);
    refused(
        server.post(
            "/resources",
            "{'kind':'probe','project':'bar','name':'self','dependencies':"
                + "{'me':'orn:entropy:probe:bar:self'}}"),
        400,
        "bad_request: dependency cycle: orn:entropy:probe:bar:self -> orn:entropy:probe:bar:self");
    // Somebody takes the finalizer off: what depends on the resource is left behind.
    Answer forced =
        server.send(
            "PATCH",
            "/apis/modules.leat.dev/v1alpha1/namespaces/bar/moduleresources/probe.shop",
            "{'metadata':{'finalizers':null}}",
            "content-type",
            "application/merge-patch+json");
    assertThat(forced.status()).isEqualTo(200);
    assertThat(
            server
                .send(
                    "DELETE",
                    "/apis/modules.leat.dev/v1alpha1/namespaces/bar/moduleresources/probe.shop",
                    "")
                .status())
        .isEqualTo(200);
    refused(
        server.post(
            "/resources",
            "{'kind':'probe','project':'bar','name':'shop','dependencies':"
                + "{'x':'orn:entropy:child:bar:kid'}}"),
        400,
        "bad_request: dependency cycle: " + SHOP + " -> orn:entropy:child:bar:kid -> " + SHOP);
  }

  /** There, the dependant could not even be read, and its sync failed for ever, uncounted. */
  @Test
  void en22DefectFourADependantWaitsForWhatItNeeds() {
    completed("shop", "{}");
    String kid = "orn:entropy:child:bar:kid";
    assertThat(childOf(SHOP).status()).isEqualTo(200);
    awaitStatus(kid, "STATUS_COMPLETED");
    CountDownLatch go = hold();
    assertThat(server.post("/resources/" + SHOP + "/actions/poke", "{}").status()).isEqualTo(200);
    assertThat(server.get("/resources/" + kid).status()).isEqualTo(200);
    assertThat(server.post("/resources/" + kid + "/actions/poke", "{}").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(() -> state(kid).at("/conditions/0/reason").asText().equals("DependencyNotReady"));
    assertThat(state(kid).at("/conditions/0/message").asText())
        .isEqualTo("DependencyNotReady: '" + SHOP + "' is STATUS_PENDING");
    assertThat(child.steps).hasSize(1);
    for (int i = 0; i < 10; i++) {
      long waits = server.runner.counters().total(ModuleSync.SYNC, Outcome.WAITED);
      server.advance(Duration.ofSeconds(2));
      await()
          .atMost(PATIENCE)
          .until(() -> server.runner.counters().total(ModuleSync.SYNC, Outcome.WAITED) > waits);
    }
    assertThat(state(kid).path("sync_retries").asInt()).isZero();
    go.countDown();
    awaitStatus(SHOP, "STATUS_COMPLETED");
    server.advance(Duration.ofSeconds(2));
    awaitStatus(kid, "STATUS_COMPLETED");
  }

  @Test
  void en25AScheduledSyncRunsOnceAndLosesNoActionOfAUser() {
    Instant at = now.get().plusSeconds(60);
    completed("shop", "{'again':'" + at + "'}");
    assertThat(Instant.parse(state(SHOP).path("next_sync_at").asText())).isEqualTo(at);
    assertThat(patch(SHOP, "{'configs':{'steps':2,'again':'" + at + "'}}").status()).isEqualTo(200);
    awaitStatus(SHOP, "STATUS_COMPLETED");
    restart(setup());
    Set<String> seen = new HashSet<>();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    probe.hook =
        (resource, step) -> {
          if (step.equals("again")) {
            seen.add(resource.state().phase().text());
            begun.countDown();
            go.await();
          }
        };
    probe.steps.clear();
    server.advance(Duration.ofSeconds(60));
    await().atMost(PATIENCE).until(() -> begun.getCount() == 0);
    assertThat(status(SHOP)).isEqualTo("STATUS_COMPLETED");
    assertThat(patch(SHOP, "{'configs':{'steps':2}}").status()).isEqualTo(200);
    go.countDown();
    await().atMost(PATIENCE).until(() -> server.store.jobs().open(ModuleSync.SYNC) == 0);
    assertThat(seen).containsExactly("STATUS_COMPLETED");
    assertThat(probe.steps).containsExactly("shop again", "shop update-1", "shop update-2");
    assertThat(status(SHOP)).isEqualTo("STATUS_COMPLETED");
  }

  @Test
  void en26DefectEightRevisionsAreTheActionsNewestFirstWithTheirOwnDependencies() {
    completed("shop", "{}");
    String kid = "orn:entropy:child:bar:kid";
    assertThat(childOf(SHOP).status()).isEqualTo(200);
    for (int steps = 1; steps <= 3; steps++) {
      awaitStatus(kid, "STATUS_COMPLETED");
      assertThat(patch(kid, "{'configs':{'steps':" + steps + "}}").status()).isEqualTo(200);
    }
    awaitStatus(kid, "STATUS_COMPLETED");
    restart(setup());
    JsonNode revisions = server.get("/resources/" + kid + "/revisions").body().path("revisions");
    assertThat(reasons(revisions))
        .containsExactly("action:update", "action:update", "action:update", "action:create");
    assertThat(revisions.at("/0/spec/configs/steps").asInt()).isEqualTo(3);
    assertThat(revisions.at("/0/created_by").asText()).isEqualTo("ada");
    for (JsonNode revision : revisions) {
      assertThat(revision.at("/spec/dependencies/0/value").asText()).isEqualTo(SHOP);
    }
    assertThat(server.get("/resources/" + kid).resource().path("generation").asInt()).isEqualTo(4);
  }

  @Test
  void defectFiveWhatIsPendingWithoutAJobGetsOneAtTheNextStart() {
    CountDownLatch go = hold();
    assertThat(create("shop", "{}").status()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> !probe.steps.isEmpty());
    Job job = server.store.jobs().ofKey(SHOP).getFirst();
    server.store.jobs().giveUp(job.id(), job.version(), "lost");
    go.countDown();
    await()
        .atMost(PATIENCE)
        .until(() -> server.runner.counters().total(ModuleSync.SYNC, Outcome.LOST) == 1);
    assertThat(status(SHOP)).isEqualTo("STATUS_PENDING");
    restart(setup());
    awaitStatus(SHOP, "STATUS_COMPLETED");
  }

  /** There, a page was cut first and filtered then, in no order. */
  @Test
  void defectSevenAListIsFilteredOrderedAndThenPaged() {
    for (int i = 9; i >= 0; i--) {
      String label = i % 2 == 0 ? "even" : "odd";
      assertThat(
              server
                  .post(
                      "/resources",
                      "{'kind':'probe','project':'bar','name':'shop"
                          + i
                          + "','labels':{'is':'"
                          + label
                          + "'},'configs':{'at_once':true}}")
                  .status())
          .isEqualTo(200);
    }
    String query = "/resources?project=bar&kind=probe&labels=is=even&page_size=2&page_num=";
    assertThat(names(query + 1)).containsExactly("shop0", "shop2");
    assertThat(names(query + 2)).containsExactly("shop4", "shop6");
    assertThat(names(query + 3)).containsExactly("shop8");
    assertThat(names(query + 4)).isEmpty();
    assertThat(names("/resources?project=bar&kind=probe")).hasSize(10);
    assertThat(names("/resources?project=p0&kind=probe")).isEmpty();
    JsonNode first = server.get(query + 1).body().at("/resources/0");
    assertThat(first.at("/spec/configs").isNull()).isTrue();
    JsonNode full = server.get(query + "1&with_spec_configs=true").body().at("/resources/0");
    assertThat(full.at("/spec/configs/at_once").asBoolean()).isTrue();
    assertThat(server.get("/resources?page_size=two").status()).isEqualTo(400);
  }

  private List<String> names(String path) {
    return StreamSupport.stream(server.get(path).body().path("resources").spliterator(), false)
        .map(resource -> resource.path("name").asText())
        .toList();
  }

  @Test
  void anUpdateCanNameTheVersionThatItIsFor() {
    completed("shop", "{}");
    String etag = server.get("/resources/" + SHOP).etag();
    assertThat(patch(SHOP, "{'configs':{'steps':1}}", "if-match", etag).status()).isEqualTo(200);
    awaitStatus(SHOP, "STATUS_COMPLETED");
    Answer stale = patch(SHOP, "{'configs':{'steps':2}}", "if-match", etag);
    long stored = server.get("/resources/" + SHOP).resource().path("version").asLong();
    refused(
        stale,
        412,
        "precondition: version conflict: expected "
            + etag.replace("\"", "")
            + ", stored "
            + stored);
    assertThat(stale.body().path("code").asInt()).isEqualTo(9);
  }

  @Test
  void everyUrnReadsBack() {
    assertThat(Urn.parse(SHOP)).contains(new Urn("probe", "bar", "shop"));
    assertThat(Urn.parse("orn:entropy:probe:shop")).isEmpty();
  }
}

package io.leat.control.runtime;

import static io.leat.control.runtime.RuntimeFixture.AT_ONCE;
import static io.leat.control.runtime.RuntimeFixture.ID;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.control.runtime.InstanceTemplate.Probe;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.runtime.RuntimeObservation.Instance.State;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessesTest {

  private static final String WAIT = "exec sleep 600";

  @TempDir Path dir;

  @Test
  void anAppThatListensBecomesReadyServesAndStops() throws IOException {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      Queue<RevisionId> told = new ConcurrentLinkedQueue<>();
      AtomicLong readyAt = new AtomicLong();
      leat.processes.onChange(told::add);
      leat.processes.onChange(id -> {
        if (!leat.ready().isEmpty()) {
          readyAt.compareAndSet(0, System.currentTimeMillis());
        }
      });
      leat.processes.ensure(ID, leat.echo(new Probe.Tcp()), 1);
      Instance instance = leat.awaitReady(1).getFirst();

      new Socket(instance.host(), instance.port()).close();
      assertThat(leat.observed().everReady()).isTrue();
      assertThat(leat.observed().failure()).isNull();
      await().atMost(60, SECONDS).until(() -> !told.isEmpty() && !leat.coldStarts.isEmpty());
      assertThat(leat.coldStarts)
          .singleElement()
          .satisfies(start -> {
            assertThat(start.revision()).isEqualTo(ID);
            assertThat(start.instance()).isEqualTo(instance.name());
            assertThat(start.ready()).isPositive();
          });
      await()
          .atMost(60, SECONDS)
          .until(() -> leat.log().contains("Z shop-00001-1 listening on " + instance.port()));
      assertSeenSoon(leat.log(), readyAt.get());

      told.clear();
      leat.processes.ensure(ID, leat.echo(new Probe.Tcp()), 0);
      leat.awaitReady(0);
      await().atMost(60, SECONDS).until(() -> told.contains(ID));
      leat.awaitNobody();
      assertThat(leat.observed().everReady()).isTrue();
      assertThat(dir.resolve("instances")).isEmptyDirectory();
    }
  }

  /** The bound leaves room for a busy machine; the printed figure is what counts. */
  private static void assertSeenSoon(String log, long readyAt) {
    Matcher at = Pattern.compile("listening on \\d+ at (\\d+)").matcher(log);
    assertThat(at.find()).isTrue();
    long lag = readyAt - Long.parseLong(at.group(1));
    System.out.println("READY was told " + lag + " ms after the app listened");
    assertThat(lag).isLessThan(5_000);
  }

  @Test
  void anHttpProbeWaitsForASuccessfulAnswer() throws IOException {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      leat.processes.ensure(ID, leat.echo(new Probe.Http("/health", Map.of()), "3"), 1);
      leat.awaitReady(1);
      await().atMost(60, SECONDS).until(() -> leat.log().contains("GET /health HTTP/1.1 200 OK"));
      assertThat(leat.log().split("503 Service", -1)).hasSize(4);
    }
  }

  @Test
  void anExecProbeSeesTheEnvironmentOfTheInstance() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      Probe probe = new Probe.Exec(List.of("test", "-f", "up-$(PORT)"));
      leat.processes.ensure(ID, leat.shell("touch up-$PORT; " + WAIT, probe), 1);
      Instance instance = leat.awaitReady(1).getFirst();
      assertThat(dir.resolve("up-" + instance.port())).exists();
    }
  }

  @Test
  void scalingStartsAndStopsTheNewestFirst() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      InstanceTemplate template = leat.shell(WAIT, AT_ONCE);
      leat.processes.ensure(ID, template, 0);
      leat.processes.ensure(ID, template, 3);
      List<Instance> three = leat.awaitReady(3);
      assertThat(three).extracting(Instance::port).doesNotHaveDuplicates();
      assertThat(three)
          .extracting(Instance::name)
          .containsExactly("shop-00001-1", "shop-00001-2", "shop-00001-3");

      leat.processes.ensure(ID, template, 1);
      assertThat(leat.awaitReady(1)).containsExactly(three.getFirst());
      leat.processes.ensure(ID, template, 2);
      assertThat(leat.awaitReady(2)).first().isEqualTo(three.getFirst());
      leat.processes.ensure(ID, template, 0);
      leat.awaitReady(0);
      leat.awaitNobody();
    }
  }

  @Test
  void aRemovedRevisionIsForgottenAndKeepsItsLog() throws IOException {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      InstanceTemplate template = leat.shell("echo hello; " + WAIT, AT_ONCE);
      leat.processes.ensure(ID, template, 2);
      leat.awaitReady(2);
      await().atMost(60, SECONDS).until(() -> leat.log().contains("hello"));
      leat.processes.remove(ID);
      await().atMost(60, SECONDS).until(() -> leat.observed().equals(RuntimeObservation.NONE));
      leat.awaitNobody();
      assertThat(leat.log()).contains("hello");

      leat.processes.ensure(ID, template, 1);
      leat.processes.remove(ID);
      leat.processes.ensure(ID, template, 1);
      leat.awaitReady(1);
    }
  }

  @Test
  void theEnvironmentIsTheContractTheManifestAndLittleElse() throws IOException {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      Map<String, String> env = new LinkedHashMap<>();
      env.put("LEAT_TEST_TAG", leat.tag);
      env.put("GREETING", "hi from $(K_REVISION)");
      env.put("LOUD", "$(GREETING)! $$(PORT) $(LATER)");
      env.put("LATER", "x");
      env.put("PORT", "1");
      InstanceTemplate template =
          new InstanceTemplate(
              List.of(
                  "sh",
                  "-c",
                  "echo arg=$0; env; cat; echo fds; ls /proc/self/fd; " + WAIT,
                  "$(LOUD)-$(PORT)"),
              env,
              dir.toString(),
              "svc",
              "conf",
              AT_ONCE,
              Duration.ofSeconds(5),
              Duration.ofSeconds(5));
      leat.processes.ensure(ID, template, 1);
      int port = leat.awaitReady(1).getFirst().port();
      await().atMost(60, SECONDS).until(() -> leat.log().contains("fds\n"));
      String name = "Z shop-00001-1 ";
      await().atMost(60, SECONDS).until(() -> leat.log().contains(name + "3\n"));
      assertThat(leat.log())
          .contains(name + "arg=hi from shop-00001! $(PORT) $(LATER)-" + port + "\n")
          .contains(name + "PORT=" + port + "\n")
          .contains(name + "K_SERVICE=svc\n")
          .contains(name + "K_CONFIGURATION=conf\n")
          .contains(name + "K_REVISION=shop-00001\n")
          .contains(name + "PATH=")
          .contains(name + "JAVA_HOME=" + System.getProperty("java.home") + "\n")
          .doesNotContain(name + "4\n");
    }
  }

  @Test
  void aVariableThatAShellCannotNameArrivesToo() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      InstanceTemplate template =
          new InstanceTemplate(
              List.of("env"),
              Map.of("dotted.name", "$(K_SERVICE)"),
              dir.toString(),
              "svc",
              "",
              AT_ONCE,
              Duration.ofSeconds(5),
              Duration.ofSeconds(5));
      leat.processes.ensure(ID, template, 1);
      await().atMost(60, SECONDS).until(() -> leat.observed().failure() != null);
      assertThat(Objects.requireNonNull(leat.observed().failure()).lastLines())
          .contains("dotted.name=svc");
    }
  }

  @Test
  void aFloodOfOutputFillsNoDiskAndBlocksNobody() throws IOException {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      String script = "yes flood | head -c 3000000; touch printed; exec sleep 600";
      Probe printed = new Probe.Exec(List.of("test", "-f", "printed"));
      leat.processes.ensure(ID, leat.shell(script, printed), 1);
      leat.awaitReady(1);
      try (Stream<Path> files = Files.list(dir.resolve("logs/default"))) {
        List<Long> sizes = files.map(file -> file.toFile().length()).toList();
        assertThat(sizes).hasSize(3).allMatch(size -> size <= 65_536);
      }
    }
  }

  @Test
  void closingIsBoundedWhateverTheInstancesDo() {
    RuntimeFixture leat = new RuntimeFixture(dir);
    leat.processes.ensure(
        ID,
        leat.shell("trap '' TERM; while :; do sleep 1; done", AT_ONCE, Duration.ofMinutes(5)),
        3);
    leat.awaitReady(3);
    long began = System.nanoTime();
    leat.processes.close();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    // Far from the grace of the instances.
    assertThat(took).isBetween(Duration.ofMillis(1_900), Duration.ofMinutes(1));
    assertThat(leat.alive()).isEmpty();
    leat.processes.ensure(ID, leat.shell(WAIT, AT_ONCE), 1);
    leat.processes.close();
    assertThat(leat.observed().instances()).noneMatch(one -> one.state() == State.READY);
  }

  @Test
  void namesThatLeaveTheLogDirectoryAreRefused() {
    try (RuntimeFixture leat = new RuntimeFixture(dir)) {
      assertThatThrownBy(
              () -> leat.processes.ensure(new RevisionId("..", "x"), leat.shell(WAIT, AT_ONCE), 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

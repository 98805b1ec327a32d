package io.leat.control.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.leat.control.runtime.InstanceTemplate.Probe;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.runtime.RuntimeObservation.Instance.State;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A runtime under test whose processes all carry a tag, so that survivors can be counted. */
final class RuntimeFixture implements AutoCloseable {

  static final RevisionId ID = new RevisionId("default", "shop-00001");
  static final Probe AT_ONCE = new Probe.Exec(List.of("true"));
  static final LocalProcessSettings FAST =
      new LocalProcessSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(800),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          65_536,
          3);

  final String tag = UUID.randomUUID().toString();
  final Queue<ColdStart> coldStarts = new ConcurrentLinkedQueue<>();
  final Path stateDir;
  final LocalProcesses processes;

  RuntimeFixture(Path stateDir) {
    this(stateDir, FAST);
  }

  RuntimeFixture(Path stateDir, LocalProcessSettings settings) {
    this.stateDir = stateDir;
    this.processes =
        new LocalProcesses(stateDir, settings, Clock.systemUTC(), Ticker.system(), coldStarts::add);
  }

  InstanceTemplate shell(String script, Probe probe) {
    return shell(script, probe, Duration.ofSeconds(10));
  }

  InstanceTemplate shell(String script, Probe probe, Duration grace) {
    return template(List.of("sh", "-c", script), probe, grace, Duration.ofSeconds(30));
  }

  InstanceTemplate echo(Probe probe, String... args) {
    List<String> command = new ArrayList<>(java(EchoInstance.class));
    command.addAll(List.of(args));
    return template(command, probe, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  InstanceTemplate template(
      List<String> command, Probe probe, Duration grace, Duration progressDeadline) {
    return new InstanceTemplate(
        command,
        Map.of("LEAT_TEST_TAG", tag),
        stateDir.toString(),
        "shop",
        "shop",
        probe,
        grace,
        progressDeadline);
  }

  static List<String> java(Class<?> main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }

  RuntimeObservation observed() {
    return processes.observe(ID);
  }

  List<Instance> ready() {
    return observed().instances().stream().filter(one -> one.state() == State.READY).toList();
  }

  List<Instance> awaitReady(int count) {
    await()
        .atMost(60, SECONDS)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> ready().size() == count && observed().instances().size() == count);
    return ready();
  }

  void awaitNobody() {
    awaitNobody(tag);
  }

  static void awaitNobody(String tag) {
    await()
        .atMost(60, SECONDS)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> tagged(tag).isEmpty());
  }

  List<Long> alive() {
    return tagged(tag);
  }

  /** Every process that has the tag in its environment. */
  static List<Long> tagged(String tag) {
    long self = ProcessHandle.current().pid();
    try (Stream<Path> proc = Files.list(Path.of("/proc"))) {
      return proc.map(path -> path.getFileName().toString())
          .filter(name -> Character.isDigit(name.charAt(0)))
          .map(Long::parseLong)
          .filter(pid -> pid != self && environ(pid).contains("LEAT_TEST_TAG=" + tag))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String environ(long pid) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc/" + pid + "/environ")), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  String log() throws IOException {
    Path file = processes.logFile(ID);
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Override
  public void close() {
    processes.close();
    awaitNobody();
  }
}

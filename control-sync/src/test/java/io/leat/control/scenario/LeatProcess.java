package io.leat.control.scenario;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Leat from the built distribution, run as a user would run it. */
final class LeatProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile(
          "leat ready http=(\\S+):(\\d+) https=(\\S+) admin=(\\S+):(\\d+) in (\\d+\\.\\d\\d)s");
  private static final Path DISTRIBUTION = Path.of("target/leat/lib").toAbsolutePath();

  private final Process process;
  private final ConcurrentLinkedQueue<String> stderr = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Matcher> ready = new CompletableFuture<>();

  private LeatProcess(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::readStderr);
  }

  /** Starts {@code leat run} on free ports and waits for the ready line. */
  static LeatProcess run(Path stateDir, String... arguments) {
    return runAt(0, stateDir, arguments);
  }

  /** The same with a port for admin that was chosen before. */
  static LeatProcess runAt(int adminPort, Path stateDir, String... arguments) {
    List<String> all = new ArrayList<>(List.of("run", "--http-port", "0", "--bind", "127.0.0.1"));
    all.addAll(List.of("--admin-port", Integer.toString(adminPort)));
    all.addAll(List.of("--state-dir", stateDir.toString()));
    all.addAll(Arrays.asList(arguments));
    LeatProcess leat = start(all);
    try {
      leat.ready.get(120, TimeUnit.SECONDS);
      return leat;
    } catch (Exception e) {
      leat.close();
      throw new AssertionError("leat was not ready; stderr:\n" + leat.stderrText(), e);
    }
  }

  /** Starts a command that soon ends, without the time that a long life would save. */
  static LeatProcess startBriefly(List<String> arguments) {
    List<String> command = new ArrayList<>(javaCommand());
    command.add(1, "-XX:TieredStopAtLevel=1");
    return started(command, arguments);
  }

  /** Starts any command of the CLI. */
  static LeatProcess start(List<String> arguments) {
    return started(new ArrayList<>(javaCommand()), arguments);
  }

  private static LeatProcess started(List<String> command, List<String> arguments) {
    command.addAll(arguments);
    try {
      LeatProcess process = new LeatProcess(new ProcessBuilder(command).start());
      LeatLogs.started(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> javaCommand() {
    String classPath;
    try (Stream<Path> jars = Files.list(DISTRIBUTION)) {
      classPath = jars.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-XX:+UseSerialGC",
        "-XX:+UseCompactObjectHeaders",
        "-Xmx512m",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dio.netty.allocator.lowMemory=false",
        "-Dio.netty.leakDetection.level=paranoid",
        "-cp",
        classPath,
        "io.leat.control.cli.Leat");
  }

  private void readStderr() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        stderr.add(line);
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        }
      }
    } catch (IOException e) {
      stderr.add("stderr ended: " + e);
    }
    ready.completeExceptionally(new IOException("ended before it was ready"));
  }

  int httpPort() {
    return Integer.parseInt(ready.join().group(2));
  }

  int adminPort() {
    return Integer.parseInt(ready.join().group(5));
  }

  String admin() {
    return "http://" + ready.join().group(4) + ":" + ready.join().group(5);
  }

  double secondsToReady() {
    return Double.parseDouble(ready.join().group(6));
  }

  long pid() {
    return process.pid();
  }

  String stderrText() {
    return String.join("\n", stderr);
  }

  /** What a command prints, while it runs. */
  BufferedReader stdoutLines() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  String stdout() {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** GET on the admin port. */
  HttpResponse<String> admin(String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(admin() + path))
              .timeout(Duration.ofSeconds(60))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The sum of a metric's series on {@code /metrics}. */
  double metric(String name) {
    return admin("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The sum of the series of a metric that have all of these labels, such as {@code a="b"}. */
  double metric(String name, String... labels) {
    return admin("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Resident memory in bytes. */
  long residentBytes() {
    try {
      String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
      Matcher matcher = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
      if (!matcher.find()) {
        throw new IllegalStateException("no VmRSS in: " + status);
      }
      return Long.parseLong(matcher.group(1)) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end of a client command. */
  int exitCode() {
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError("still running; stderr:\n" + stderrText());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SIGTERM, then the exit code. */
  int stop() {
    process.destroy();
    return exitCode();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    exitCode();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroy();
      try {
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    if (stderr.stream().anyMatch(line -> line.contains("LEAK: "))) {
      throw new AssertionError("a buffer was lost; stderr:\n" + stderrText());
    }
  }
}

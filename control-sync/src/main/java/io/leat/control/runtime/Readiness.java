package io.leat.control.runtime;

import io.leat.control.runtime.InstanceTemplate.Probe;
import io.leat.control.runtime.process.Child;
import io.leat.control.runtime.process.Launch;
import io.leat.control.runtime.process.Output;
import io.leat.control.runtime.process.Spawner;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks one instance again and again whether it is ready, on a virtual thread, until it is or nobody
 * wants to know any more.
 *
 * <p>The pause is a twentieth of the time that has passed, between 10 ms and 200 ms: an instance
 * that starts fast is seen at once, and a slow one costs little.
 */
final class Readiness {

  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMillis(200);
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final int STATUS_LINE = 12;

  private final Probe probe;
  private final String host;
  private final int port;
  private final Launch launch;
  private final Spawner spawner;
  private volatile boolean cancelled;
  private volatile String last = "";

  /**
   * A probe that has not begun.
   *
   * @param launch how the instance was started: an exec probe runs in the same place
   */
  Readiness(Probe probe, String host, int port, Launch launch, Spawner spawner) {
    this.probe = probe;
    this.host = host;
    this.port = port;
    this.launch = launch;
    this.spawner = spawner;
  }

  /** Begins; {@code ready} runs at most once, on the probing thread. */
  void begin(Ticker ticker, Runnable ready) {
    Thread.ofVirtual().name("leat-probe-" + launch.name()).start(() -> poll(ticker, ready));
  }

  /** Stops asking. */
  void cancel() {
    cancelled = true;
  }

  /** Why the instance is not ready, as the end of a sentence about it. */
  String complaint() {
    return switch (probe) {
      case Probe.Tcp _ -> "never listened on port " + port;
      case Probe.Http http ->
          last.isEmpty()
              ? "never listened on port " + port
              : "never answered GET " + http.path() + " with 200 to 399: " + last;
      case Probe.Exec exec ->
          "never passed its exec probe " + exec.command() + (last.isEmpty() ? "" : ": " + last);
    };
  }

  private void poll(Ticker ticker, Runnable ready) {
    long began = ticker.nanos();
    try {
      while (!cancelled) {
        if (passes()) {
          ready.run();
          return;
        }
        Duration pause = Duration.ofNanos((ticker.nanos() - began) / 20);
        pause = pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause;
        Thread.sleep(pause.compareTo(LONGEST) > 0 ? LONGEST : pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean passes() throws InterruptedException {
    try {
      return switch (probe) {
        case Probe.Tcp _ -> tcp();
        case Probe.Http http -> http(http);
        case Probe.Exec exec -> exec(exec);
      };
    } catch (IOException e) {
      // Refused or reset is what an instance looks like that is still starting.
      return false;
    }
  }

  private boolean tcp() throws IOException {
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      return connect(socket);
    }
  }

  /**
   * Connecting to a port nobody listens on may meet itself, when the kernel picks that same port
   * for this end (TCP simultaneous open); the reset then frees it for the instance at once.
   */
  private boolean connect(Socket socket) throws IOException {
    socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
    if (socket.getLocalPort() == port) {
      socket.setSoLinger(true, 0);
      return false;
    }
    return true;
  }

  private boolean http(Probe.Http http) throws IOException {
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      if (!connect(socket)) {
        return false;
      }
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(request(http).getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      String status = new String(in.readNBytes(STATUS_LINE), StandardCharsets.ISO_8859_1);
      boolean answer = status.length() == STATUS_LINE && status.startsWith("HTTP/1.");
      last = answer ? "status " + status.substring(9) : "not an HTTP/1.1 answer";
      char hundreds = answer ? status.charAt(9) : '0';
      return hundreds == '2' || hundreds == '3';
    }
  }

  private String request(Probe.Http http) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("host", host + ":" + port);
    headers.put("user-agent", "kube-probe/leat");
    headers.put("accept", "*/*");
    http.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    headers.put("connection", "close");
    StringBuilder text = new StringBuilder("GET ").append(oneLine(http.path()));
    text.append(" HTTP/1.1\r\n");
    headers.forEach((name, value) ->
        text.append(oneLine(name)).append(": ").append(oneLine(value)).append("\r\n"));
    return text.append("\r\n").toString();
  }

  /** A manifest must not be able to write a second header or request. */
  private static String oneLine(String text) {
    return text.replace('\r', ' ').replace('\n', ' ');
  }

  private boolean exec(Probe.Exec exec) throws IOException, InterruptedException {
    Launch check =
        new Launch(launch.name() + ".probe", exec.command(), launch.env(), launch.directory());
    Child child;
    try {
      child = spawner.spawn(check, new Discard()).get();
    } catch (ExecutionException e) {
      last = String.valueOf(e.getCause());
      return false;
    }
    try {
      int code = child.exited().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      last = "exit code " + code;
      return code == 0;
    } catch (TimeoutException e) {
      last = "no answer in " + TIMEOUT_MILLIS + " ms";
    } catch (ExecutionException e) {
      last = String.valueOf(e.getCause());
    }
    child.kill();
    return false;
  }

  private static final class Discard implements Output {
    @Override
    public void accept(byte[] chunk, int length) {}

    @Override
    public void end() {}
  }
}

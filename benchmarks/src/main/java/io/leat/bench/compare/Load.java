package io.leat.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One bounded run of {@code wrk}.
 *
 * @param errors connections that failed, and answers other than 2xx and 3xx
 */
public record Load(
    long requests, double requestsPerSecond, double p50Micros, double p99Micros, long errors) {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
  private static final Pattern P50 = Pattern.compile("50%\\s+([\\d.]+)(us|ms|s)");
  private static final Pattern P99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");
  private static final Pattern NOT_OK = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
  private static final Pattern SOCKET =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

  /** Runs for a time and returns what wrk counted. */
  static Load run(int port, int bytes, int connections, Duration time)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("taskset", "-c", "1", "wrk", "-t1", "-c" + connections, "--latency"));
    command.addAll(List.of("-d" + time.toSeconds() + "s", "-H", "Host: " + Peer.HOST));
    command.add("http://127.0.0.1:" + port + "/" + bytes);
    return run(command);
  }

  /** Runs a command of wrk with {@code --latency} and returns what it counted. */
  public static Load run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("wrk failed: " + text);
    }
    return new Load(
        (long) number(REQUESTS, text),
        number(RATE, text),
        micros(P50, text),
        micros(P99, text),
        errors(text));
  }

  private static long errors(String text) {
    long sum = 0;
    Matcher socket = SOCKET.matcher(text);
    if (socket.find()) {
      for (int group = 1; group <= 4; group++) {
        sum += Long.parseLong(socket.group(group));
      }
    }
    Matcher notOk = NOT_OK.matcher(text);
    return notOk.find() ? sum + Long.parseLong(notOk.group(1)) : sum;
  }

  private static double number(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("not in wrk's output: " + pattern + "\n" + text);
    }
    return Double.parseDouble(matcher.group(1));
  }

  private static double micros(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("not in wrk's output: " + pattern + "\n" + text);
    }
    double value = Double.parseDouble(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> value;
      case "ms" -> value * 1_000;
      default -> value * 1_000_000;
    };
  }
}

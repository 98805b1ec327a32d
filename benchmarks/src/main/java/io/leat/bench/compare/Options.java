package io.leat.bench.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one comparison measures and for how long.
 *
 * @param bytes sizes of the response body, in bytes
 * @param connections numbers of keep-alive connections
 * @param rounds rounds of the load part; at the fixed rate at most 2 beside it, after a start at
 *     most 3
 * @param time length of one turn of the load part
 * @param only names of the contenders to start
 * @param skip parts to leave out
 */
record Options(
    List<Integer> bytes,
    List<Integer> connections,
    int rounds,
    Duration time,
    Set<String> only,
    Set<String> skip) {
  static final String USAGE =
      """
      usage: compare [--bytes=64,1024,65536] [--connections=32,256] [--rounds=5] [--seconds=3]
                     [--only=relay-c,leat,haproxy,nginx,vertx] [--skip=memory,load,rate,warmup,allocation]

      Contenders are relay-c, leat, leat-uring (on io_uring), haproxy, nginx, vertx, caddy and envoy; those that are missing on
      this machine are left out. The result goes to benchmarks/results.\
      """;

  /** One turn at a fixed rate, without the generator's own warm-up. */
  static final Duration FIXED = Duration.ofSeconds(10);

  /** The time after a start that is compared with the warmed state. */
  static final Duration FIRST = Duration.ofSeconds(10);

  private static final List<String> NAMES =
      List.of("relay-c", "leat", "leat-uring", "haproxy", "nginx", "vertx", "caddy", "envoy");
  private static final Set<String> VIRTUAL_MACHINES = Set.of("leat", "leat-uring", "vertx");
  private static final List<String> PARTS =
      List.of("memory", "load", "rate", "warmup", "allocation");
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--bytes", "64,1024,65536",
          "--connections", "32,256",
          "--rounds", "5",
          "--seconds", "3",
          "--only", "relay-c,leat,haproxy,nginx,vertx",
          "--skip", "");

  /** Reads the command line; empty when it asks for something that does not exist. */
  static Optional<Options> parse(String[] arguments) {
    Map<String, String> given = new LinkedHashMap<>(DEFAULTS);
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      if (parts.length != 2 || !DEFAULTS.containsKey(parts[0])) {
        return Optional.empty();
      }
      given.put(parts[0], parts[1]);
    }
    Set<String> only = Set.copyOf(words(given.getOrDefault("--only", "")));
    Set<String> skip = Set.copyOf(words(given.getOrDefault("--skip", "")));
    if (!NAMES.containsAll(only) || !PARTS.containsAll(skip)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Options(
              numbers(given.getOrDefault("--bytes", "")),
              numbers(given.getOrDefault("--connections", "")),
              numbers(given.getOrDefault("--rounds", "")).getFirst(),
              Duration.ofSeconds(numbers(given.getOrDefault("--seconds", "")).getFirst()),
              only,
              skip));
    } catch (NumberFormatException notNumbers) {
      return Optional.empty();
    }
  }

  boolean wants(String part) {
    return !skip.contains(part);
  }

  /** The body size of the parts that measure only one: 1 KiB, unless it is not among the sizes. */
  int mainBytes() {
    return bytes.contains(1024) ? 1024 : bytes.getFirst();
  }

  /** The connections of the parts that measure only one number: 32, unless it is not asked for. */
  int mainConnections() {
    return connections.contains(32) ? 32 : connections.getFirst();
  }

  /** Load before anything is counted: more for a JVM, which compiles meanwhile. */
  static Duration warmUp(String name) {
    return Duration.ofSeconds(VIRTUAL_MACHINES.contains(name) ? 8 : 3);
  }

  /** Rounds at the fixed rate: 2 at most, that a whole run stays short, or all when it is alone. */
  int fixedRounds() {
    return wants("load") ? Math.min(rounds, 2) : rounds;
  }

  int shortRounds() {
    return Math.min(rounds, 3);
  }

  /** How long a run takes, from the fixed lengths of its turns and the usual time between them. */
  Duration expected(Set<String> names) {
    long virtualMachines = names.stream().filter(VIRTUAL_MACHINES::contains).count();
    int atRate = (names.contains("leat") ? 1 : 0) + (names.contains("haproxy") ? 1 : 0);
    double seconds = 3 + names.stream().mapToDouble(name -> warmUp(name).toSeconds() + 0.5).sum();
    if (wants("memory")) {
      seconds += names.size() * 6;
    }
    if (wants("load")) {
      double turn = time.toSeconds() + 0.15;
      seconds += turn * rounds * bytes.size() * connections.size() * names.size();
    }
    if (wants("rate")) {
      seconds += (FIXED.toSeconds() + FixedRate.WARM_UP.toSeconds() + 1.0) * fixedRounds() * atRate;
    }
    if (wants("warmup")) {
      seconds += (FIRST.toSeconds() + time.toSeconds() + 2.0) * shortRounds() * virtualMachines;
    }
    if (wants("allocation") && names.contains("leat")) {
      seconds += 35;
    }
    return Duration.ofSeconds(Math.round(seconds));
  }

  /** The command that repeats this run. */
  String command() {
    StringBuilder text = new StringBuilder("benchmarks/compare --bytes=");
    text.append(join(bytes)).append(" --connections=").append(join(connections));
    text.append(" --rounds=").append(rounds).append(" --seconds=").append(time.toSeconds());
    text.append(" --only=").append(join(NAMES.stream().filter(only::contains).toList()));
    if (!skip.isEmpty()) {
      text.append(" --skip=").append(join(PARTS.stream().filter(skip::contains).toList()));
    }
    return text.toString();
  }

  private static String join(List<?> values) {
    return String.join(",", values.stream().map(Object::toString).toList());
  }

  private static List<String> words(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
  }

  private static List<Integer> numbers(String list) {
    List<Integer> numbers = new ArrayList<>();
    for (String number : list.split(",", -1)) {
      int value = Integer.parseInt(number);
      if (value <= 0) {
        throw new NumberFormatException(number);
      }
      numbers.add(value);
    }
    return numbers;
  }
}

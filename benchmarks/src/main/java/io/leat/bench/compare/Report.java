package io.leat.bench.compare;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The figures of one comparison, printed as Markdown and as JSON. */
final class Report {
  static final String RESIDENT = "resident MiB";
  static final String PER_CONNECTION = "KiB per idle connection";
  static final String CPU = "CPU µs";
  static final String RATE = "requests/s";
  static final String P50 = "p50 µs";
  static final String P99 = "p99 µs";

  private final Compare.Options options;
  private final Map<String, String> versions = new LinkedHashMap<>();
  private final Map<String, Map<String, Series>> figures = new LinkedHashMap<>();

  Report(Compare.Options options) {
    this.options = options;
  }

  static String work(int bytes, int connections) {
    return bytes + " B, " + connections + " connections, ";
  }

  void version(String contender, String version) {
    versions.put(contender, version);
    figures.put(contender, new LinkedHashMap<>());
  }

  void add(String contender, String figure, double value) {
    series(contender, figure).add(value);
  }

  private Series series(String contender, String figure) {
    return figures
        .computeIfAbsent(contender, key -> new LinkedHashMap<>())
        .computeIfAbsent(figure, key -> new Series());
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Proxies side by side, ");
    text.append(LocalDate.now(ZoneOffset.UTC)).append("\n\nCommand: `benchmarks/compare --bytes=");
    text.append(join(options.bytes())).append(" --connections=");
    text.append(join(options.connections())).append(" --rounds=").append(options.rounds());
    text.append(" --seconds=").append(options.time().toSeconds()).append("`, ");
    text.append(System.getProperty("os.name")).append(' ').append(System.getProperty("os.version"));
    text.append(", ").append(Runtime.getRuntime().availableProcessors()).append(" processors.\n");
    text.append(
        """
        The proxy is pinned to one processor, load generator and origin to the other. Figures are
        medians (minimum to maximum) of the rounds; a ratio is the median of the ratios round by
        round. CPU is user and system time of the proxy's whole process.

        """);
    versions.forEach((name, version) ->
        text.append("- ").append(name).append(": ").append(version).append('\n'));
    for (int bytes : options.bytes()) {
      for (int connections : options.connections()) {
        load(text, work(bytes, connections), bytes, connections);
      }
    }
    text.append(
        """

        ## Memory

        | proxy | resident before load, MiB | per idle connection, KiB |
        |---|---|---|
        """);
    for (String name : versions.keySet()) {
      Series each = series(name, PER_CONNECTION);
      text.append("| ").append(name).append(" | ").append(series(name, RESIDENT).text(0));
      text.append(" | ").append(each.isEmpty() ? "–" : each.text(1)).append(" |\n");
    }
    return text.toString();
  }

  private void load(StringBuilder text, String work, int bytes, int connections) {
    text.append("\n## ")
        .append(bytes)
        .append(" B, ")
        .append(connections)
        .append(" connections\n\n");
    text.append(
        "| proxy | CPU µs per request | × haproxy | × nginx | × relay-c | requests/s | p50 µs | p99"
            + " µs |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (String name : versions.keySet()) {
      Series cpu = series(name, work + CPU);
      text.append("| ").append(name).append(" | ").append(cpu.text(1));
      for (String other : new String[] {"haproxy", "nginx", "relay-c"}) {
        Series theirs = series(other, work + CPU);
        text.append(" | ");
        text.append(
            theirs.isEmpty() ? "–" : String.format(Locale.ROOT, "%.2f", cpu.ratioTo(theirs)));
      }
      text.append(" | ").append(series(name, work + RATE).text(0));
      text.append(" | ").append(series(name, work + P50).text(0));
      text.append(" | ").append(series(name, work + P99).text(0)).append(" |\n");
    }
  }

  String json() {
    StringBuilder text =
        new StringBuilder("{\n  \"date\": \"").append(LocalDate.now(ZoneOffset.UTC));
    text.append("\",\n  \"versions\": {");
    String comma = "\n";
    for (Map.Entry<String, String> version : versions.entrySet()) {
      text.append(comma).append("    ").append(quoted(version.getKey())).append(": ");
      text.append(quoted(version.getValue()));
      comma = ",\n";
    }
    text.append("\n  },\n  \"figures\": {");
    comma = "\n";
    for (String name : versions.keySet()) {
      text.append(comma).append("    ").append(quoted(name)).append(": {");
      comma = "\n";
      for (Map.Entry<String, Series> entry : figures.getOrDefault(name, Map.of()).entrySet()) {
        if (entry.getValue().isEmpty()) {
          continue;
        }
        text.append(comma).append("      ").append(quoted(entry.getKey())).append(": [");
        for (int round = 0; round < entry.getValue().rounds(); round++) {
          text.append(round == 0 ? "" : ", ");
          text.append(String.format(Locale.ROOT, "%.3f", entry.getValue().at(round)));
        }
        text.append(']');
        comma = ",\n";
      }
      text.append("\n    }");
      comma = ",\n";
    }
    return text.append("\n  }\n}\n").toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String join(Iterable<Integer> numbers) {
    StringBuilder text = new StringBuilder();
    for (int number : numbers) {
      text.append(text.isEmpty() ? "" : ",").append(number);
    }
    return text.toString();
  }
}

package io.leat.bench.compare;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of one comparison, printed as Markdown and as JSON. */
final class Report {
  static final String RESIDENT = "resident MiB, idle after start";
  static final String RESIDENT_LOADED = "resident MiB, after load";
  static final String PER_CONNECTION_COLD = "KiB per idle connection, cold";
  static final String PER_CONNECTION_LOADED = "KiB per idle connection, after load";
  static final String CPU = "CPU µs";
  static final String USER = "user µs";
  static final String SYSTEM = "system µs";
  static final String RATE = "requests/s";
  static final String P50 = "p50 µs";
  static final String P99 = "p99 µs";
  static final String FIXED_RATE = "fixed rate, requests/s";
  static final String FIXED_P50 = "fixed rate, p50 µs";
  static final String FIXED_P99 = "fixed rate, p99 µs";
  static final String FIXED_P999 = "fixed rate, p99.9 µs";
  static final String FIXED_MAX = "fixed rate, maximum µs";
  static final String FIXED_LAG = "fixed rate, p99 of late sends µs";
  static final String FIRST_CPU = "first 10 s, CPU µs";
  static final String WARMED_CPU = "warmed beside it, CPU µs";
  static final String ALLOCATED = "bytes allocated per request";
  static final String ALLOCATED_OVER = "requests while allocation was counted";
  static final String ALLOCATED_IDLE = "bytes allocated over the same time without load";

  private final Options options;
  private final Machine machine;
  private final Map<String, String> versions;
  private final Map<String, Map<String, Series>> figures = new LinkedHashMap<>();
  private final Map<String, Long> failed = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private String loadAtEnd = "";
  private Duration took = Duration.ZERO;

  Report(Options options, Machine machine, Map<String, String> versions) {
    this.options = options;
    this.machine = machine;
    this.versions = versions;
  }

  static String work(int bytes, int connections) {
    return bytes + " B, " + connections + " connections, ";
  }

  void add(String contender, String figure, double value) {
    series(contender, figure).add(value);
  }

  /** Counts requests that got no answer or not a good one. */
  void failed(String contender, long requests) {
    failed.merge(contender, requests, Long::sum);
  }

  void note(String text) {
    notes.add(text);
  }

  void finished(Duration time, String loadAverage) {
    took = time;
    loadAtEnd = loadAverage;
  }

  Series series(String contender, String figure) {
    return figures
        .computeIfAbsent(contender, key -> new LinkedHashMap<>())
        .computeIfAbsent(figure, key -> new Series());
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Proxies side by side, ");
    text.append(LocalDate.now(ZoneOffset.UTC)).append("\n\n");
    text.append("- Command: `").append(options.command()).append("`\n- Machine: ");
    text.append(machine.processor()).append(", ").append(machine.processors());
    text.append(" processors, ").append(machine.kernel()).append("\n- Load average at start ");
    text.append(machine.loadAtStart()).append(", at end ").append(loadAtEnd);
    text.append("; took ").append(took.toSeconds()).append(" s\n");
    versions.forEach((name, version) ->
        text.append("- ").append(name).append(": ").append(version).append('\n'));
    failed.forEach((name, requests) -> {
      if (requests > 0) {
        text.append("- **")
            .append(name)
            .append(": ")
            .append(requests)
            .append(" requests failed**\n");
      }
    });
    notes.forEach(note -> text.append("- **").append(note).append("**\n"));
    text.append(
        """

        The proxy is pinned to processor 0, load generator and origin to processor 1. Figures are
        medians (minimum to maximum) of the rounds; a ratio is the median of the ratios round by
        round. CPU is that of the proxy's whole process: the sum over its threads in nanoseconds,
        and beside it user and system time as the kernel splits them, in ticks of 10 ms.

        ## Must reach

        | what | bar | measured | met |
        |---|---|---|---|
        """);
    for (Bars.Bar bar : Bars.of(this)) {
      row(text, bar.what(), bar.bar(), bar.measured(), bar.met());
    }
    if (options.wants("load")) {
      options
          .bytes()
          .forEach(bytes ->
              options.connections().forEach(connections -> load(text, bytes, connections)));
    }
    memory(text);
    fixedRate(text);
    firstSeconds(text);
    allocation(text);
    return text.toString();
  }

  private void load(StringBuilder text, int bytes, int connections) {
    String work = work(bytes, connections);
    text.append("\n## ").append(work, 0, work.length() - 2).append("\n\n");
    row(
        text,
        "proxy",
        "CPU µs per request",
        "user µs",
        "system µs",
        "× haproxy",
        "× nginx",
        "× relay-c",
        RATE,
        P50,
        P99);
    text.append("|---|---|---|---|---|---|---|---|---|---|\n");
    for (String name : versions.keySet()) {
      Series cpu = series(name, work + CPU);
      row(
          text,
          name,
          cpu.text(1),
          cell(name, work + USER, 1),
          cell(name, work + SYSTEM, 1),
          ratio(cpu, series("haproxy", work + CPU)),
          ratio(cpu, series("nginx", work + CPU)),
          ratio(cpu, series(Contenders.RELAY, work + CPU)),
          cell(name, work + RATE, 0),
          cell(name, work + P50, 0),
          cell(name, work + P99, 0));
    }
  }

  private void memory(StringBuilder text) {
    if (!options.wants("memory")) {
      return;
    }
    text.append(
        """

        ## Memory

        Resident memory of the whole process; growth with 5,000 idle keep-alive connections that
        have had one request each. Idle and cold come from a fresh process of its own, after load
        from one that has just had 3 s of load, 8 s for a JVM.

        """);
    row(
        text,
        "proxy",
        "idle, MiB",
        "after load, MiB",
        "per connection cold, KiB",
        "per connection after load, KiB");
    text.append("|---|---|---|---|---|\n");
    for (String name : versions.keySet()) {
      row(
          text,
          name,
          cell(name, RESIDENT, 0),
          cell(name, RESIDENT_LOADED, 0),
          cell(name, PER_CONNECTION_COLD, 2),
          cell(name, PER_CONNECTION_LOADED, 2));
    }
  }

  private void fixedRate(StringBuilder text) {
    if (!options.wants("rate")) {
      return;
    }
    text.append("\n## Latency at a fixed rate\n\n");
    text.append(options.mainBytes()).append(" B over ").append(options.mainConnections());
    text.append(
        """
         connections, at half the peak rate of the slower proxy. Open loop: a request
        is due at its time whatever the answers before it do, and its latency counts from then. A
        late send is the generator's part of it, or a wait for a free connection.

        """);
    row(
        text,
        "proxy",
        RATE,
        P50,
        P99,
        "p99.9 µs",
        "maximum µs",
        "p99 of late sends µs",
        "p99 × haproxy");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (String name : versions.keySet()) {
      Series p99 = series(name, FIXED_P99);
      if (!p99.isEmpty()) {
        row(
            text,
            name,
            cell(name, FIXED_RATE, 0),
            cell(name, FIXED_P50, 0),
            p99.text(0),
            cell(name, FIXED_P999, 0),
            cell(name, FIXED_MAX, 0),
            cell(name, FIXED_LAG, 0),
            ratio(p99, series("haproxy", FIXED_P99)));
      }
    }
  }

  private void firstSeconds(StringBuilder text) {
    if (!options.wants("warmup")) {
      return;
    }
    text.append(
        """

        ## The first 10 s

        CPU per request of a fresh process, from the moment it listens to the end of its first 10 s
        of load, over that of the warmed process right after it.

        """);
    row(text, "proxy", "first 10 s, CPU µs per request", "warmed, CPU µs per request", "ratio");
    text.append("|---|---|---|---|\n");
    for (String name : versions.keySet()) {
      Series first = series(name, FIRST_CPU);
      if (!first.isEmpty()) {
        row(
            text,
            name,
            first.text(1),
            cell(name, WARMED_CPU, 1),
            ratio(first, series(name, WARMED_CPU)));
      }
    }
  }

  private void allocation(StringBuilder text) {
    Series bytes = series("leat", ALLOCATED);
    if (bytes.isEmpty()) {
      return;
    }
    text.append(
        String.format(
            Locale.ROOT,
            """

            ## Allocation

            Leat allocated %.1f bytes of heap per request over %.0f requests: the difference of
            `getTotalThreadAllocatedBytes`, the exact sum over all threads of the process, with the
            reading itself. Over the same time without load it allocates %.0f bytes in all.
            """,
            bytes.median(),
            series("leat", ALLOCATED_OVER).median(),
            series("leat", ALLOCATED_IDLE).median()));
  }

  private String cell(String contender, String figure, int decimals) {
    return series(contender, figure).text(decimals);
  }

  private static String ratio(Series ours, Series theirs) {
    return ours.isEmpty() || theirs.isEmpty()
        ? "–"
        : String.format(Locale.ROOT, "%.2f", ours.ratioTo(theirs));
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  String json() {
    Json json = new Json();
    json.open("");
    json.text("date", LocalDate.now(ZoneOffset.UTC).toString());
    json.text("command", options.command());
    json.text("processor", machine.processor());
    json.text("kernel", machine.kernel());
    json.text("loadAtStart", machine.loadAtStart());
    json.text("loadAtEnd", loadAtEnd);
    json.open("versions");
    versions.forEach(json::text);
    json.close();
    json.open("failedRequests");
    failed.forEach((name, requests) -> json.text(name, requests.toString()));
    json.close();
    json.open("notes");
    for (int i = 0; i < notes.size(); i++) {
      json.text(Integer.toString(i), notes.get(i));
    }
    json.close();
    json.open("mustReach");
    for (Bars.Bar bar : Bars.of(this)) {
      json.text(bar.what() + " " + bar.bar(), bar.measured() + " (met: " + bar.met() + ")");
    }
    json.close();
    json.open("figures");
    figures.forEach((name, all) -> {
      json.open(name);
      all.forEach(json::numbers);
      json.close();
    });
    json.close();
    json.close();
    return json.toString();
  }
}

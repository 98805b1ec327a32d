package io.leat.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the figures were measured on. */
record Machine(String processor, int processors, String kernel, String loadAtStart) {
  /** Reads {@code /proc}; the load average is that of this moment. */
  static Machine look() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      Optional<String> model =
          lines
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst();
      return new Machine(
          model.orElse(System.getProperty("os.arch")),
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          loadAverage());
    }
  }

  /** The load averages of the last 1, 5 and 15 minutes. */
  static String loadAverage() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ", 4);
    return fields[0] + " " + fields[1] + " " + fields[2];
  }
}

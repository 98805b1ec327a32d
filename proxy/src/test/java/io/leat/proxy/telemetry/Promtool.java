package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The linter of Prometheus, run on an exposition where it is installed. */
public final class Promtool {
  private Promtool() {}

  /** Fails when {@code promtool check metrics} does; skips the test where there is none. */
  public static void assertAccepts(String exposition, Path folder) throws Exception {
    assumeTrue(isInstalled(), "promtool is not on the PATH (Debian: apt-get install prometheus)");
    Path input = Files.writeString(folder.resolve("metrics.txt"), exposition);
    Path output = folder.resolve("promtool.out");
    Process process =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("promtool ended").isTrue();
    assertThat(Files.readString(output)).isEmpty();
    assertThat(process.exitValue()).isZero();
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("promtool", "--version").redirectErrorStream(true).start();
      new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}

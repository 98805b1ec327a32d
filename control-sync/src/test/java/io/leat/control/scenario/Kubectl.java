package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The real kubectl, told where a Leat is by the kubeconfig that this wrote. */
final class Kubectl {
  private static final String PROGRAM = System.getProperty("leat.kubectl", "kubectl");
  private static final long SECONDS = 120;

  private final Path stateDir;
  private final String program;

  Kubectl(Path stateDir) {
    this(stateDir, PROGRAM);
  }

  /** Another kubectl than the installed one. */
  Kubectl(Path stateDir, String program) {
    this.stateDir = stateDir;
    this.program = program;
  }

  /** What one call said. */
  record Said(int exitCode, String out, String err) {}

  static boolean isInstalled() {
    try {
      return new ProcessBuilder("sh", "-c", "command -v " + PROGRAM).start().waitFor() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void assumeInstalled() {
    Assumptions.assumeTrue(
        isInstalled(), "kubectl: skipped, install the Debian package kubernetes-client");
  }

  Process start(Path output, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of("--kubeconfig", stateDir.resolve("kubeconfig").toString()));
    command.addAll(List.of("--cache-dir", stateDir.resolve("kubectl-cache").toString()));
    command.addAll(Arrays.asList(arguments));
    try {
      return new ProcessBuilder(command)
          .redirectOutput(output.toFile())
          .redirectError(errors(output).toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path errors(Path output) {
    return output.resolveSibling(output.getFileName() + ".err");
  }

  /** Runs to the end, whatever it is. */
  Said run(String... arguments) {
    try {
      Path output = Files.createTempFile(stateDir, "kubectl", ".out");
      Process process = start(output, arguments);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running: kubectl " + String.join(" ", arguments));
      }
      return new Said(
          process.exitValue(),
          Files.readString(output, StandardCharsets.UTF_8),
          Files.readString(errors(output), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs and succeeds; gives what it printed. */
  String ok(String... arguments) {
    Said said = run(arguments);
    assertThat(said.exitCode())
        .as("kubectl %s%n%s%n%s", String.join(" ", arguments), said.out(), said.err())
        .isZero();
    return said.out();
  }
}

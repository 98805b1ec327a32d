package io.leat.control.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits at most: {@code --timeout}. */
final class WaitLimit {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = DurationConverter.class,
      description = "How long --wait waits (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(60);

  WaitLimit() {}

  Duration time() {
    return timeout;
  }
}

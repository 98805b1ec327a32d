package io.leat.control.cli;

import picocli.CommandLine.Option;

/** Where a command looks for a resource: {@code -n}. */
final class NamespaceOption {
  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NS",
      defaultValue = "default",
      description = "Namespace (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  NamespaceOption() {}

  String name() {
    return namespace;
  }
}

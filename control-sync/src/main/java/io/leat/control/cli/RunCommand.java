package io.leat.control.cli;

import io.leat.control.standalone.LeatRun;
import io.leat.control.standalone.StartFailure;
import io.leat.control.standalone.Truth;
import io.leat.proxy.config.ConfigKey;
import io.leat.proxy.config.ConfigReader;
import io.leat.proxy.config.ConfigResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat run}: proxy, activator and control in one process, until it is told to stop. */
@Command(
    name = "run",
    description = "Serve manifests: proxy, activator and control in one process.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Runnable {
  private final Map<ConfigKey, ConfigReader.Flag> flags = new EnumMap<>(ConfigKey.class);

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      description = "File, folder, or - for standard input; may be repeated. Edits apply live.")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--kubernetes",
      description = "Take resources from a Kubernetes API server instead of files.")
  private boolean kubernetes;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Which API server (default: KUBECONFIG, ~/.kube/config or the pod's own).")
  private @Nullable Path kubeconfig;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NS",
      description = "With --kubernetes: serve this namespace; may be repeated (default: all).")
  private List<String> namespaces = new ArrayList<>();

  @Option(
      names = "--api-only",
      description = "Keep resources and serve their API; another Leat reconciles and serves them.")
  private boolean apiOnly;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings, as YAML.")
  private @Nullable Path config;

  RunCommand() {}

  @Option(names = "--http-port", paramLabel = "PORT", description = "Data port (default: 8080).")
  void httpPort(String value) {
    flags.put(ConfigKey.PROXY_HTTP_PORT, new ConfigReader.Flag("--http-port", value));
  }

  @Option(
      names = "--https-port",
      paramLabel = "PORT",
      description = "TLS data port, used when certificates exist (default: 8443).")
  void httpsPort(String value) {
    flags.put(ConfigKey.PROXY_HTTPS_PORT, new ConfigReader.Flag("--https-port", value));
  }

  @Option(names = "--admin-port", paramLabel = "PORT", description = "Admin port (default: 9901).")
  void adminPort(String value) {
    flags.put(ConfigKey.ADMIN_PORT, new ConfigReader.Flag("--admin-port", value));
  }

  @Option(names = "--bind", paramLabel = "HOST", description = "Data address (default: 0.0.0.0).")
  void bind(String value) {
    flags.put(ConfigKey.PROXY_BIND, new ConfigReader.Flag("--bind", value));
  }

  @Option(
      names = "--admin-bind",
      paramLabel = "HOST",
      description = "Admin address (default: 127.0.0.1).")
  void adminBind(String value) {
    flags.put(ConfigKey.ADMIN_BIND, new ConfigReader.Flag("--admin-bind", value));
  }

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Where Leat keeps its files (default: .leat).")
  void stateDir(String value) {
    flags.put(ConfigKey.CONTROL_STATE_DIR, new ConfigReader.Flag("--state-dir", value));
  }

  @Option(
      names = "--domain",
      paramLabel = "SUFFIX",
      description = "Suffix of every host (default: localhost).")
  void domain(String value) {
    flags.put(ConfigKey.CONTROL_DOMAIN, new ConfigReader.Flag("--domain", value));
  }

  @Override
  public void run() {
    PrintWriter err = terminal.err();
    ConfigResult result =
        ConfigReader.read(new ConfigReader.Sources(flags, System.getenv(), file()));
    switch (result) {
      case ConfigResult.Refused refused -> {
        refused.problems().forEach(err::println);
        throw new CommandFailure(ExitCode.CONFIGURATION, "the configuration was refused");
      }
      case ConfigResult.Loaded loaded -> {
        try {
          LeatRun.serve(loaded, truth(), err::println);
        } catch (StartFailure failure) {
          failure.lines().forEach(err::println);
          throw new CommandFailure(exitCode(failure.cause()), failure.summary());
        }
      }
    }
  }

  private Truth truth() {
    if (kubernetes) {
      if (apiOnly || !paths.isEmpty()) {
        throw terminal.misuse("--kubernetes goes with neither -f nor --api-only");
      }
      return new Truth.Kubernetes(kubeconfig, namespaces);
    }
    if (kubeconfig != null || !namespaces.isEmpty()) {
      throw terminal.misuse("--kubeconfig and --namespace need --kubernetes");
    }
    if (apiOnly && !paths.isEmpty()) {
      throw terminal.misuse("--api-only goes without -f");
    }
    return apiOnly ? new Truth.ApiOnly() : new Truth.Local(paths);
  }

  private static int exitCode(StartFailure.Cause cause) {
    return switch (cause) {
      case MANIFESTS -> ExitCode.VALIDATION;
      case ENVIRONMENT -> ExitCode.ENVIRONMENT;
    };
  }

  private ConfigReader.@Nullable File file() {
    if (config == null) {
      return null;
    }
    try {
      return new ConfigReader.File(config.toString(), Files.readString(config));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, "cannot read " + config + ": " + e.getMessage());
    }
  }
}

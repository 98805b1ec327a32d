package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.manifest.rules.Durations;
import io.leat.control.manifest.rules.RolloutRequest;
import io.leat.control.manifest.rules.RolloutRequest.AbortIf;
import io.leat.control.manifest.rules.RolloutRequest.Action;
import io.leat.control.resource.Rollout.Staged;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat rollout}: has the server move traffic to a revision in steps that it judges. */
@Command(
    name = "rollout",
    description = {
      "Move all traffic of a service to a revision in steps. The server takes the steps, and goes"
          + " back when a condition holds; this command may end."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      RolloutCommand.Status.class,
      RolloutCommand.Abort.class,
      RolloutCommand.Promote.class
    })
final class RolloutCommand implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration FOREVER = Duration.ofDays(365);

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "A Service, or a Route.")
  private @Nullable String name;

  @Option(
      names = "--to",
      paramLabel = "REVISION",
      defaultValue = "@latest",
      description = "The revision; @latest is the latest ready one (default: ${DEFAULT-VALUE}).")
  private String to = "@latest";

  @Option(
      names = "--steps",
      paramLabel = "PERCENTS",
      defaultValue = "5,25,100",
      description = "Rising percents, the last 100 (default: ${DEFAULT-VALUE}).")
  private String steps = "5,25,100";

  @Option(
      names = "--hold",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long each step is observed (default: ${DEFAULT-VALUE}).")
  private String hold = "30s";

  @Option(
      names = "--abort-if",
      paramLabel = "CONDITION",
      description = "error_rate>1%% or p99>500ms; may be repeated. Any one ends the rollout.")
  private List<String> abortIf = new ArrayList<>();

  @Option(
      names = {"-w", "--watch"},
      description = "Show what happens until it is over; an abort is exit code 1.")
  private boolean watch;

  RolloutCommand() {}

  @Override
  public void run() {
    if (name == null) {
      throw terminal.misuse("Missing SERVICE");
    }
    List<Integer> percents = RolloutRequest.steps(steps);
    List<AbortIf> conditions =
        RolloutRequest.abortIf(String.join(",", abortIf).replaceAll("\\s+", ""));
    Duration time = Durations.parse(hold).orElse(null);
    if (percents == null || conditions == null || time == null || time.isNegative()) {
      throw new CommandFailure(ExitCode.USAGE, "the rollout " + RolloutRequest.EXPECTED);
    }
    PrintWriter out = terminal.out();
    TrafficOwner owner = TrafficOwner.find(server.client(), namespace.name(), name);
    String revision = owner.revision(to);
    if (owner.shares().getOrDefault(revision, 0L) == 100 && !owner.isProgressing()) {
      out.println(name + ": all traffic goes to " + revision + " already");
      return;
    }
    RolloutRequest request =
        new RolloutRequest(
            revision, percents, time, conditions, Instant.now().toString(), Action.RUN);
    owner.ask(request);
    out.println(name + ": " + describe(request) + " (now " + owner.sharesText() + ")");
    if (watch) {
      watch(owner, request, out);
    } else {
      terminal.err().println("the server goes on; see: leat rollout status " + name);
    }
  }

  private static String describe(RolloutRequest request) {
    String percents =
        request.steps().stream().map(String::valueOf).collect(Collectors.joining(", "));
    String conditions =
        request.abortIf().stream().map(AbortIf::text).collect(Collectors.joining(" or "));
    return "rollout of "
        + request.to()
        + " by "
        + percents
        + " %, "
        + Durations.format(request.hold())
        + " each"
        + (conditions.isEmpty() ? "" : ", given up if " + conditions);
  }

  private static void watch(TrafficOwner owner, RolloutRequest request, PrintWriter out) {
    String[] last = {""};
    owner.await(
        now -> {
          boolean ours = now.staged().path("request").asText().equals(request.id());
          boolean replaced =
              !now.request().map(RolloutRequest::id).equals(Optional.of(request.id()));
          String line = ours ? line(now) : "";
          if (!line.isEmpty() && !line.equals(last[0])) {
            out.println(line);
            out.flush();
            last[0] = line;
          }
          return replaced || (ours && !now.isProgressing());
        },
        FOREVER);
    if (!owner.staged().path("phase").asText().equals(Staged.SUCCEEDED)) {
      throw new CommandFailure(ExitCode.FAILURE, "the rollout did not succeed");
    }
  }

  private static String line(TrafficOwner owner) {
    JsonNode staged = owner.staged();
    String message = staged.path("message").asText("");
    return staged.path("phase").asText()
        + "  "
        + owner.sharesText()
        + (message.isEmpty() ? "" : "  " + message);
  }

  /** Ends a rollout that is under way, and waits until that is served. */
  static void end(TrafficOwner owner, Action action, String name, PrintWriter out) {
    RolloutRequest request = owner.request().orElse(null);
    if (request == null || !owner.isProgressing()) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "no rollout of " + name + " is under way");
    }
    owner.ask(request.withAction(action));
    if (!owner.await(now -> !now.isProgressing(), PATIENCE)) {
      throw new CommandFailure(ExitCode.TIMED_OUT, "the server was asked, and is not done yet");
    }
    out.println(name + ": " + line(owner));
  }

  /** What the subcommands share. */
  abstract static class About implements Runnable {
    @Mixin private final ServerOption server = new ServerOption();
    @Mixin private final NamespaceOption namespace = new NamespaceOption();

    @Mixin private final Terminal terminal = new Terminal();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "A Service, or a Route.")
    private String name = "";

    @Override
    public void run() {
      TrafficOwner owner = TrafficOwner.find(server.client(), namespace.name(), name);
      tell(owner, name, terminal.out());
    }

    abstract void tell(TrafficOwner owner, String service, PrintWriter out);
  }

  /** {@code leat rollout status}. */
  @Command(
      name = "status",
      description = "Show how far a rollout has come.",
      mixinStandardHelpOptions = true)
  static final class Status extends About {
    @Override
    void tell(TrafficOwner owner, String service, PrintWriter out) {
      RolloutRequest request = owner.request().orElse(null);
      JsonNode staged = owner.staged();
      if (request == null || staged.isMissingNode()) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "no rollout of " + service + " was asked for; traffic: " + owner.sharesText());
      }
      out.println("phase      " + staged.path("phase").asText());
      out.println("rollout    " + describe(request));
      if (owner.isProgressing()) {
        out.printf(
            "step       %d of %d, %s%n",
            staged.path("step").asLong() + 1,
            request.steps().size(),
            staged.has("stepTime")
                ? "served since " + staged.path("stepTime").asText()
                : "not served by every proxy yet");
      }
      out.println("traffic    " + owner.sharesText());
      if (staged.has("message")) {
        out.println("message    " + staged.path("message").asText());
      }
    }
  }

  /** {@code leat rollout abort}. */
  @Command(
      name = "abort",
      description = "Give the traffic back to the revisions that had it before.",
      mixinStandardHelpOptions = true)
  static final class Abort extends About {
    @Override
    void tell(TrafficOwner owner, String service, PrintWriter out) {
      end(owner, Action.ABORT, service, out);
    }
  }

  /** {@code leat rollout promote}. */
  @Command(
      name = "promote",
      description = "Skip the steps that are left.",
      mixinStandardHelpOptions = true)
  static final class Promote extends About {
    @Override
    void tell(TrafficOwner owner, String service, PrintWriter out) {
      end(owner, Action.PROMOTE, service, out);
    }
  }
}

package io.leat.control.cli;

import io.leat.control.manifest.rules.RolloutRequest;
import io.leat.control.manifest.rules.RolloutRequest.Action;
import io.leat.control.resource.Rollout.Staged;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat rollback}: gives all traffic to an earlier revision, at once. */
@Command(
    name = "rollback",
    description = "Give all traffic of a service to an earlier ready revision, at once.",
    mixinStandardHelpOptions = true)
final class RollbackCommand implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "SERVICE", description = "A Service, or a Route.")
  private String name = "";

  @Option(
      names = "--to",
      paramLabel = "REVISION",
      description =
          "The revision (default: the newest ready one before the one with most traffic).")
  private @Nullable String to;

  @Option(
      names = "--undo",
      description = "End a rollback or rollout: the traffic is what the spec says again.")
  private boolean undo;

  RollbackCommand() {}

  @Override
  public void run() {
    if (undo && to != null) {
      throw new CommandFailure(ExitCode.USAGE, "--undo takes no --to");
    }
    TrafficOwner owner = TrafficOwner.find(server.client(), namespace.name(), name);
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    String before = owner.sharesText();
    if (undo) {
      undo(owner, out, before);
    } else if (to == null && owner.isProgressing()) {
      RolloutCommand.end(owner, Action.ABORT, name, out);
    } else {
      rollback(owner, out, err, before);
    }
  }

  private void undo(TrafficOwner owner, PrintWriter out, String before) {
    owner.ask(null);
    boolean done = owner.await(now -> now.staged().isMissingNode(), PATIENCE);
    out.println(name + ": the spec counts again: " + owner.sharesText() + " (was " + before + ")");
    if (!done) {
      throw new CommandFailure(ExitCode.TIMED_OUT, "not every proxy serves it yet");
    }
  }

  private void rollback(TrafficOwner owner, PrintWriter out, PrintWriter err, String before) {
    String revision = to == null ? owner.earlier() : owner.revision(to);
    String undoBy =
        owner
            .request()
            .filter(last -> owner.staged().path("phase").asText().equals(Staged.SUCCEEDED))
            .map(last -> "--to " + last.to())
            .orElse("--undo");
    RolloutRequest request =
        new RolloutRequest(
            revision, List.of(100), Duration.ZERO, List.of(), Instant.now().toString(), Action.RUN);
    owner.ask(request);
    boolean done =
        owner.await(
            now ->
                now.staged().path("request").asText().equals(request.id()) && !now.isProgressing(),
            PATIENCE);
    if (!done) {
      throw new CommandFailure(
          ExitCode.TIMED_OUT, "asked for " + revision + ", which not every proxy serves yet");
    }
    if (!owner.staged().path("phase").asText().equals(Staged.SUCCEEDED)) {
      throw new CommandFailure(ExitCode.FAILURE, owner.staged().path("message").asText());
    }
    out.println(name + ": all traffic goes to " + revision + " (was " + before + ")");
    err.println("later revisions get none; undo: leat rollback " + name + " " + undoBy);
  }
}

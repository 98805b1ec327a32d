package io.leat.control.runtime;

import io.leat.control.runtime.RuntimeObservation.Instance.State;
import io.leat.control.runtime.process.Child;
import io.leat.control.runtime.process.Launch;
import io.leat.control.runtime.process.LineOutput;
import io.leat.control.runtime.process.RevisionLog;
import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One process of a revision, from the decision to start it until nothing of it is left. Everything
 * but the waiting happens on the runtime's thread.
 */
final class LocalInstance {

  /** Instances listen here. */
  static final String HOST = "127.0.0.1";

  private static final Duration DRAIN = Duration.ofMillis(500);

  /** Is told, on the runtime's thread, what becomes of an instance. */
  interface Owner {
    /** The probe passed. */
    void ready(LocalInstance instance);

    /** The progress deadline passed first; the owner decides. */
    void late(LocalInstance instance, String complaint);

    /** The process ended; its output and what it forked may still linger. */
    void ended(LocalInstance instance);

    /** Nothing is left; comes last, exactly once. */
    void gone(LocalInstance instance);
  }

  private final LocalContext context;
  private final Owner owner;
  private final RevisionId revision;
  private final InstanceTemplate template;
  private final long sequence;
  private final String name;
  private final long decided;
  private int port;
  private State state = State.STARTING;
  private boolean ended;
  private @Nullable Integer exitCode;
  private @Nullable String startFailure;
  private long started;
  private boolean wasReady;
  private long readySince;
  private long killAt;
  private @Nullable Child child;
  private @Nullable LineOutput output;
  private @Nullable Readiness readiness;
  private @Nullable ScheduledFuture<?> timer;

  LocalInstance(
      LocalContext context,
      Owner owner,
      RevisionId revision,
      InstanceTemplate template,
      long sequence) {
    this.context = context;
    this.owner = owner;
    this.revision = revision;
    this.template = template;
    this.sequence = sequence;
    this.name = revision.name() + "-" + sequence;
    this.decided = context.ticker.nanos();
  }

  /** Position in the order of starts. */
  long sequence() {
    return sequence;
  }

  String name() {
    return name;
  }

  /** The exit code, or null while it runs or when it never ran. */
  @Nullable Integer exitCode() {
    return exitCode;
  }

  /** Why the process could not even be created, or null. */
  @Nullable String startFailure() {
    return startFailure;
  }

  List<String> lastLines() {
    return output == null ? List.of() : output.lastLines();
  }

  /** Whether there is still a process to show. */
  boolean visible() {
    return !ended && port != 0;
  }

  RuntimeObservation.Instance observation() {
    return new RuntimeObservation.Instance(name, HOST, port, state);
  }

  /** How long it was ready, or zero. */
  Duration readyFor() {
    return !wasReady
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(1, context.ticker.nanos() - readySince));
  }

  void start(RevisionLog log) {
    try {
      port = context.ports.take();
    } catch (IOException e) {
      failStart(e);
      return;
    }
    InstanceEnvironment env =
        InstanceEnvironment.of(template, revision.name(), port, context.parentEnvironment);
    Path directory;
    try {
      directory = Path.of(template.workingDir());
    } catch (InvalidPathException e) {
      failStart(e);
      return;
    }
    Launch launch =
        new Launch(
            revision.namespace() + "/" + name,
            env.expand(template.command()),
            env.variables(),
            directory);
    LineOutput lines = new LineOutput(log, name, context.clock);
    output = lines;
    readiness = new Readiness(expanded(env), HOST, port, launch, context.spawner);
    var _ =
        context
            .spawner
            .spawn(launch, lines)
            .whenComplete((made, failure) -> context.run(() -> spawned(made, failure, lines)));
  }

  private InstanceTemplate.Probe expanded(InstanceEnvironment env) {
    return template.probe() instanceof InstanceTemplate.Probe.Exec exec
        ? new InstanceTemplate.Probe.Exec(env.expand(exec.command()))
        : template.probe();
  }

  /** SIGTERM to the group now, SIGKILL after the grace; again with less grace only hastens. */
  void stop(Duration grace) {
    if (ended) {
      state = State.STOPPING;
      return;
    }
    boolean first = state != State.STOPPING;
    state = State.STOPPING;
    cancelTimer();
    if (readiness != null) {
      readiness.cancel();
    }
    Child running = child;
    if (running != null) {
      if (first) {
        running.terminate();
      }
      long now = context.ticker.nanos();
      killAt = first ? now + grace.toNanos() : Math.min(killAt, now + grace.toNanos());
      timer = context.after(Duration.ofNanos(Math.max(0, killAt - now)), running::kill);
    }
  }

  private void spawned(@Nullable Child made, @Nullable Throwable failure, LineOutput lines) {
    if (made == null) {
      lines.end();
      failStart(failure);
      return;
    }
    child = made;
    started = context.ticker.nanos();
    var _ = made.exited().thenAccept(code -> context.run(() -> exited(made, code)));
    if (state == State.STOPPING) {
      made.terminate();
      killAt = started + template.stopGrace().toNanos();
      timer = context.after(template.stopGrace(), made::kill);
    } else if (readiness != null) {
      Readiness probing = readiness;
      timer = context.after(template.progressDeadline(), () -> deadline(probing));
      probing.begin(context.ticker, () -> context.run(this::ready));
    }
  }

  private void failStart(@Nullable Throwable failure) {
    startFailure = failure == null ? "unknown cause" : String.valueOf(failure.getMessage());
    ended = true;
    // Not from within start(): the owner is still placing this instance.
    context.run(this::finish);
  }

  private void ready() {
    if (state != State.STARTING || ended) {
      return;
    }
    cancelTimer();
    state = State.READY;
    readySince = context.ticker.nanos();
    wasReady = true;
    context.changes.started(
        new ColdStart(
            revision,
            name,
            Duration.ofNanos(started - decided),
            Duration.ofNanos(readySince - started)));
    owner.ready(this);
  }

  private void deadline(Readiness probing) {
    if (state == State.STARTING && !ended) {
      owner.late(this, probing.complaint());
    }
  }

  private void exited(Child dead, int code) {
    ended = true;
    exitCode = code;
    cancelTimer();
    if (readiness != null) {
      readiness.cancel();
    }
    owner.ended(this);
    Thread.ofVirtual().name("leat-last-words-" + name).start(() -> lastWords(dead));
  }

  /** The pipe may stay open in a process that left the group: the sweep ends that one. */
  private void lastWords(Child dead) {
    try {
      int swept = context.spawner.sweep(revision.namespace() + "/" + name);
      dead.drained()
          .get(swept > 0 ? DRAIN.toMillis() * 2 : DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // The last lines are then those read so far.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.run(this::finish);
  }

  private void finish() {
    if (port != 0) {
      context.ports.release(port);
    }
    owner.gone(this);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}

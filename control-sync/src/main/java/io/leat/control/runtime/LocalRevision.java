package io.leat.control.runtime;

import io.leat.control.runtime.RuntimeObservation.Failure;
import io.leat.control.runtime.process.RevisionLog;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one revision: a slot for each one wanted, with its own restart backoff. Its
 * state belongs to the runtime's thread; any thread may read {@link #observation}.
 */
final class LocalRevision implements LocalInstance.Owner {

  private static final class Slot {
    int failures;
    long notBefore;
    @Nullable LocalInstance instance;
    @Nullable ScheduledFuture<?> restart;
    boolean told;
  }

  private final LocalContext context;
  private final RevisionId id;
  private final RevisionLog log;
  private final Runnable over;
  private final List<Slot> slots = new ArrayList<>();
  private final List<LocalInstance> stopping = new ArrayList<>();
  // A slot that scaled down while it waited to restart: scaling up again must not skip the wait.
  private final ArrayDeque<Slot> parked = new ArrayDeque<>();
  private InstanceTemplate template;
  private @Nullable Duration graceLimit;
  private @Nullable Failure failure;
  private boolean everReady;
  private boolean forgotten;
  private long sequence;
  private volatile RuntimeObservation observation = RuntimeObservation.NONE;

  /**
   * A revision without instances.
   *
   * @param over runs on the runtime's thread when it is over
   */
  LocalRevision(
      LocalContext context,
      RevisionId id,
      InstanceTemplate template,
      RevisionLog log,
      Runnable over) {
    this.context = context;
    this.id = id;
    this.template = template;
    this.log = log;
    this.over = over;
  }

  RuntimeObservation observation() {
    return observation;
  }

  RevisionLog log() {
    return log;
  }

  /** Whether it was forgotten and its last process is gone. */
  boolean isOver() {
    return forgotten && slots.isEmpty() && stopping.isEmpty();
  }

  /** States what should run; a revision that was forgotten begins anew. */
  void ensure(InstanceTemplate current, int wanted) {
    template = current;
    forgotten = false;
    scale(wanted);
  }

  private void scale(int wanted) {
    while (slots.size() > wanted) {
      drop(newest());
    }
    while (slots.size() < wanted) {
      Slot slot = parked.poll();
      slots.add(slot == null ? new Slot() : slot);
    }
    startDue();
    publish();
  }

  /** Stops everything and forgets what happened. */
  void forget() {
    forgotten = true;
    failure = null;
    everReady = false;
    scale(0);
    parked.clear();
  }

  /** The same, with at most this grace, also for those already stopping. */
  void shutDown(Duration limit) {
    graceLimit = limit;
    stopping.forEach(instance -> instance.stop(grace()));
    forget();
  }

  @Override
  public void ready(LocalInstance instance) {
    everReady = true;
    failure = null;
    parked.clear();
    publish();
  }

  @Override
  public void late(LocalInstance instance, String complaint) {
    Slot slot = slotOf(instance);
    if (slot != null) {
      String message =
          instance.name() + " " + complaint + " within " + seconds(template.progressDeadline());
      fail(slot, instance, "ProgressDeadlineExceeded", message);
    }
    instance.stop(grace());
    publish();
  }

  @Override
  public void ended(LocalInstance instance) {
    publish();
  }

  @Override
  public void gone(LocalInstance instance) {
    stopping.remove(instance);
    Slot slot = slotOf(instance);
    if (slot != null) {
      if (!slot.told) {
        failEnded(slot, instance);
      }
      slot.instance = null;
      slot.told = false;
      startDue();
    }
    publish();
    if (isOver()) {
      over.run();
    }
  }

  private void failEnded(Slot slot, LocalInstance instance) {
    Integer code = instance.exitCode();
    if (code == null) {
      String message = instance.name() + " could not be started: " + instance.startFailure();
      fail(slot, instance, "StartFailed", message);
      return;
    }
    if (instance.readyFor().compareTo(context.settings.settledAfter()) >= 0) {
      slot.failures = 0;
    }
    String when = instance.readyFor().isZero() ? " before it was ready" : " after it was ready";
    String message = instance.name() + " exited with code " + code + when + explain(code);
    fail(slot, instance, "ExitCode" + code, message);
  }

  private void fail(Slot slot, LocalInstance instance, String reason, String message) {
    slot.failures++;
    slot.told = true;
    slot.notBefore =
        context.ticker.nanos() + context.settings.restartDelay(slot.failures).toNanos();
    failure =
        new Failure(instance.exitCode(), reason, message, instance.lastLines(), slot.failures);
  }

  private static String explain(int code) {
    return switch (code) {
      case 126 -> " (the command cannot be executed)";
      case 127 -> " (command not found)";
      case 137 -> " (killed by SIGKILL)";
      case 139 -> " (killed by SIGSEGV)";
      case 143 -> " (killed by SIGTERM)";
      default -> "";
    };
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  /** A slot that waits before one that runs, then the one that started last. */
  private Slot newest() {
    return slots.stream()
        .max(Comparator.comparingLong(LocalRevision::age))
        .orElseThrow(() -> new IllegalStateException("no slot"));
  }

  private static long age(Slot slot) {
    return slot.instance == null ? Long.MAX_VALUE : slot.instance.sequence();
  }

  private void drop(Slot slot) {
    slots.remove(slot);
    if (slot.restart != null) {
      slot.restart.cancel(false);
      slot.restart = null;
    }
    LocalInstance instance = slot.instance;
    if (instance != null) {
      slot.instance = null;
      stopping.add(instance);
      instance.stop(grace());
    }
    if (slot.failures > 0) {
      slot.told = false;
      parked.add(slot);
    }
  }

  private void startDue() {
    for (Slot slot : slots) {
      if (slot.instance != null || slot.restart != null) {
        continue;
      }
      long wait = slot.failures == 0 ? 0 : slot.notBefore - context.ticker.nanos();
      if (wait > 0) {
        slot.restart = context.after(Duration.ofNanos(wait), () -> restart(slot));
      } else {
        LocalInstance instance = new LocalInstance(context, this, id, template, ++sequence);
        slot.instance = instance;
        instance.start(log);
      }
    }
  }

  private void restart(Slot slot) {
    slot.restart = null;
    if (slots.contains(slot)) {
      startDue();
      publish();
    }
  }

  private @Nullable Slot slotOf(LocalInstance instance) {
    for (Slot slot : slots) {
      if (slot.instance == instance) {
        return slot;
      }
    }
    return null;
  }

  private Duration grace() {
    Duration limit = graceLimit;
    Duration grace = template.stopGrace();
    return limit != null && grace.compareTo(limit) > 0 ? limit : grace;
  }

  private void publish() {
    List<RuntimeObservation.Instance> instances =
        Stream.concat(slots.stream().map(slot -> slot.instance), stopping.stream())
            .filter(Objects::nonNull)
            .filter(LocalInstance::visible)
            .sorted(Comparator.comparingLong(LocalInstance::sequence))
            .map(LocalInstance::observation)
            .toList();
    RuntimeObservation now = new RuntimeObservation(instances, failure, everReady);
    if (!now.equals(observation)) {
      observation = now;
      context.changes.changed(id);
    }
  }
}

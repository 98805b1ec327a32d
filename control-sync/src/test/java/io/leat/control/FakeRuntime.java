package io.leat.control;

import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.runtime.RuntimeObservation.Instance.State;
import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A runtime whose instances become ready, or fail, when the test says so. */
public final class FakeRuntime implements RevisionRuntime {
  private final Map<RevisionId, RuntimeObservation> observed = new HashMap<>();
  private final Set<RevisionId> slow = new HashSet<>();
  private final Set<RevisionId> broken = new HashSet<>();
  private final List<Consumer<RevisionId>> listeners = new ArrayList<>();
  private Consumer<Instance> onStop = instance -> {};
  private int nextPort = 20_000;

  /** Instances of this revision stay in their start until {@link #ready}. */
  public void startsSlowly(RevisionId revision) {
    slow.add(revision);
  }

  /** Instances of this revision exit with 1. */
  public void fails(RevisionId revision) {
    broken.add(revision);
  }

  /** Every instance exits with 1, for the {@code attempts}th time in a row. */
  public void crash(RevisionId revision, int attempts) {
    RuntimeObservation.Failure failure =
        new RuntimeObservation.Failure(1, "ExitCode1", "It broke", List.of(), attempts);
    set(revision, new RuntimeObservation(List.of(), failure, observe(revision).everReady()));
  }

  /** Called with each instance at the moment it is told to stop. */
  public void onStop(Consumer<Instance> listener) {
    onStop = listener;
  }

  /** Ends the start of every instance. */
  public void ready(RevisionId revision) {
    slow.remove(revision);
    broken.remove(revision);
    List<Instance> instances = new ArrayList<>();
    for (Instance instance : observe(revision).instances()) {
      instances.add(new Instance(instance.name(), instance.host(), instance.port(), State.READY));
    }
    set(revision, new RuntimeObservation(instances, null, !instances.isEmpty()));
  }

  @Override
  public void ensure(RevisionId revision, InstanceTemplate template, int instances) {
    if (broken.contains(revision)) {
      RuntimeObservation.Failure failure =
          new RuntimeObservation.Failure(
              1, "ExitCode1", "Container failed with exit code 1", List.of("no such module"), 1);
      set(
          revision,
          new RuntimeObservation(
              List.of(), instances > 0 ? failure : null, observe(revision).everReady()));
      return;
    }
    RuntimeObservation before = observe(revision);
    List<Instance> now = new ArrayList<>(before.instances());
    while (now.size() > instances) {
      onStop.accept(now.removeLast());
    }
    boolean ready = !slow.contains(revision);
    while (now.size() < instances) {
      int port = nextPort++;
      String name = revision.name() + "-" + port;
      now.add(new Instance(name, "127.0.0.1", port, ready ? State.READY : State.STARTING));
    }
    boolean ever = before.everReady() || (ready && !now.isEmpty());
    set(revision, new RuntimeObservation(now, null, ever));
  }

  @Override
  public void remove(RevisionId revision) {
    observe(revision).instances().forEach(onStop);
    set(revision, RuntimeObservation.NONE);
  }

  @Override
  public RuntimeObservation observe(RevisionId revision) {
    return observed.getOrDefault(revision, RuntimeObservation.NONE);
  }

  @Override
  public void onChange(Consumer<RevisionId> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    observed.clear();
  }

  private void set(RevisionId revision, RuntimeObservation observation) {
    observed.put(revision, observation);
    listeners.forEach(listener -> listener.accept(revision));
  }
}

package io.leat.control.serving;

import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.proxy.table.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads of what runs: who is ready, and who leaves when fewer are wanted. */
final class Instances {

  /** An instance to show in a slice. */
  record Shown(Instance instance, Endpoint.State state) {}

  private Instances() {}

  /** The instances beyond {@code wanted}: the last of the list, as runtimes stop the newest. */
  static List<Instance> leaving(RuntimeObservation observed, int wanted) {
    List<Instance> running = new ArrayList<>();
    for (Instance instance : observed.instances()) {
      if (instance.state() != Instance.State.STOPPING) {
        running.add(instance);
      }
    }
    return running.size() <= wanted ? List.of() : running.subList(wanted, running.size());
  }

  /** Ready ones, and those that still finish what they have; those that start are not shown. */
  static List<Shown> endpoints(RuntimeObservation observed, List<Instance> leaving) {
    List<Shown> shown = new ArrayList<>();
    for (Instance instance : observed.instances()) {
      if (instance.state() == Instance.State.STOPPING) {
        shown.add(new Shown(instance, Endpoint.State.DRAINING));
      } else if (instance.state() == Instance.State.READY) {
        boolean leaves = leaving.contains(instance);
        shown.add(new Shown(instance, leaves ? Endpoint.State.DRAINING : Endpoint.State.READY));
      }
    }
    return shown;
  }

  /** How many run or start, and were not told to stop. */
  static int staying(RuntimeObservation observed) {
    int count = 0;
    for (Instance instance : observed.instances()) {
      count += instance.state() == Instance.State.STOPPING ? 0 : 1;
    }
    return count;
  }

  static Set<String> addresses(List<Instance> instances) {
    Set<String> addresses = new TreeSet<>();
    for (Instance instance : instances) {
      if (instance.port() > 0) {
        addresses.add(Endpoint.http1(instance.host(), instance.port()).address());
      }
    }
    return addresses;
  }

  static int ready(RuntimeObservation observed) {
    return readyOf(observed.instances());
  }

  static int readyOf(List<Instance> instances) {
    int count = 0;
    for (Instance instance : instances) {
      count += instance.state() == Instance.State.READY ? 1 : 0;
    }
    return count;
  }
}

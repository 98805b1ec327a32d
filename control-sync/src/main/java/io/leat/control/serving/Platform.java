package io.leat.control.serving;

import io.leat.control.resource.Spec;
import java.util.List;

/** What runs the instances of revisions. */
public enum Platform {
  /** Leat itself: it shows instances as EndpointSlices, and they end with it. */
  LOCAL,

  /**
   * Kubernetes: its controllers show instances as EndpointSlices, choose which of several leave,
   * and keep them when Leat ends.
   */
  KUBERNETES;

  /** Why containers cannot be run; empty when they can. */
  String problem(List<Spec.Container> containers) {
    if (this == LOCAL) {
      return InstanceTemplates.problem(containers);
    }
    if (containers.size() > 1) {
      return "A revision runs one container, this one has " + containers.size() + ".";
    }
    String image = containers.getFirst().image();
    return image == null || image.isEmpty()
        ? "A revision on Kubernetes needs spec.containers[0].image."
        : "";
  }
}

package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What EndpointSlices and a Deployment tell of a revision's pods. */
final class Pods {
  /** As often as a process must fail before requests stop to wait for it. */
  private static final int GIVEN_UP = 3;

  private Pods() {}

  /** Every pod that a slice names, by address. */
  static List<Instance> of(RevisionId revision, ResourceView view) {
    List<Instance> instances = new ArrayList<>();
    for (Resource slice :
        view.labelled(
            Kind.ENDPOINT_SLICE, revision.namespace(), Labels.REVISION, revision.name())) {
      if (slice.spec() instanceof Spec.EndpointSliceSpec spec) {
        instances(spec, instances);
      }
    }
    return instances;
  }

  private static void instances(Spec.EndpointSliceSpec spec, List<Instance> instances) {
    if (spec.endpoints() == null || spec.ports() == null || spec.ports().isEmpty()) {
      return;
    }
    Integer port = spec.ports().getFirst().port();
    for (Spec.SliceEndpoint endpoint : spec.endpoints()) {
      if (port != null && !endpoint.addresses().isEmpty()) {
        String host = endpoint.addresses().getFirst();
        instances.add(new Instance(host, host, port, state(endpoint.conditions())));
      }
    }
  }

  private static Instance.State state(Spec.@Nullable SliceConditions conditions) {
    if (conditions == null) {
      return Instance.State.READY;
    }
    if (Boolean.TRUE.equals(conditions.terminating())) {
      return Instance.State.STOPPING;
    }
    return Boolean.FALSE.equals(conditions.ready())
        ? Instance.State.STARTING
        : Instance.State.READY;
  }

  /** Why a Deployment makes no progress; null when it does. */
  static RuntimeObservation.@Nullable Failure failure(Resource deployment) {
    if (!(deployment.spec() instanceof Spec.Document document)) {
      return null;
    }
    for (JsonNode condition : ResourceJson.fields(document).at("/status/conditions")) {
      String type = condition.path("type").asText("");
      String state = condition.path("status").asText("");
      boolean failed =
          (type.equals("Progressing") && state.equals("False"))
              || (type.equals("ReplicaFailure") && state.equals("True"));
      if (failed) {
        return new RuntimeObservation.Failure(
            null,
            condition.path("reason").asText("DeploymentFailed"),
            condition.path("message").asText("The Deployment makes no progress."),
            List.of(),
            GIVEN_UP);
      }
    }
    return null;
  }
}

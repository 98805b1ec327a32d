package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.eventing.topology.Finding;
import io.leat.control.eventing.topology.TopologyChange;
import io.leat.control.plan.Planned;
import io.leat.control.plan.TableText;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A request with {@code dryRun=All}: it is carried out by the same code over a copy of the store,
 * and how the table would differ is told in warnings, which clients print and tolerate.
 */
final class DryRun {
  private static final int MAX_TOLD = 10;
  private static final String PARAMETER = "dryRun";

  private DryRun() {}

  /** Whether a request is to change nothing. */
  static boolean isAsked(AdminRequest request) throws Refusal {
    List<String> values = new ArrayList<>(request.parameters(PARAMETER));
    if (request.method().equals("DELETE") && request.body().length > 0) {
      ObjectNode options = Incoming.object(request, false);
      options.path(PARAMETER).forEach(value -> values.add(value.asText()));
    }
    for (String value : values) {
      if (!value.equals("All")) {
        throw Refusal.badRequest("dryRun must be All (got \"" + value + "\")");
      }
    }
    return !values.isEmpty();
  }

  /** The same request, to be carried out. */
  static AdminRequest meant(AdminRequest request) {
    Map<String, List<String>> query = new HashMap<>(request.query());
    query.remove(PARAMETER);
    return new AdminRequest(
        request.method(), request.path(), query, request.headers(), request.body());
  }

  /**
   * Shows resources of a copy with the version that is stored, or none: nobody will ever find the
   * one that the copy gave.
   */
  static UnaryOperator<Resource> shown(KubePorts ports) {
    return planned -> {
      Metadata metadata = planned.metadata();
      long version =
          ports
              .store()
              .read(view -> view.get(planned.key()))
              .map(Resource::metadata)
              .filter(stored -> stored.uid().equals(metadata.uid()))
              .map(Metadata::resourceVersion)
              .orElse(0L);
      return ports
          .shown()
          .apply(
              planned.withMetadata(
                  metadata.stored(
                      metadata.uid(),
                      version,
                      metadata.generation(),
                      metadata.creationTimestamp())));
    };
  }

  /**
   * The answer with a warning for each thing that would be wrong with the graph of events, and for
   * each part of the table that would differ.
   */
  static AdminResponse told(Planned<TopologyChange<AdminResponse>> planned) {
    List<Finding> findings = planned.answer().findings();
    if (!(planned.answer().answer() instanceof AdminResponse.Full answer)
        || answer.status() >= 300
        || (planned.table().isEmpty() && findings.isEmpty())) {
      return planned.answer().answer();
    }
    List<String> lines = TableText.lines(planned.table());
    List<String> told = new ArrayList<>();
    findings.stream().limit(MAX_TOLD).forEach(each -> told.add("topology: " + each.line()));
    for (String line : lines.subList(0, Math.min(lines.size(), MAX_TOLD))) {
      told.add("table: " + line);
    }
    if (lines.size() > MAX_TOLD) {
      told.add("table: " + (lines.size() - MAX_TOLD) + " more differences; leat plan shows them");
    }
    Map<String, String> headers = new HashMap<>(answer.headers());
    Incoming.headers(told)
        .forEach((name, value) -> headers.merge(name, value, (a, b) -> a + ", " + b));
    return new AdminResponse.Full(answer.status(), answer.contentType(), answer.body(), headers);
  }
}
